"""What this slice tells the slices below: the pack section ``messages``."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.foundation.messaging.models import Channel, MessageTemplate
from tongban.foundation.messaging.schema import MessageSpec
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome, Section, register_section


def load(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Add new versions of message texts; a version that is already there must be the same.

    :raises PackError: for wrong files, and for an attempt to change a published version
    """
    outcome = Outcome()
    problems = []
    rows: list[tuple[Document, MessageTemplate]] = []
    for document in documents:
        try:
            rows.extend((document, row) for row in _rows(parse(MessageSpec, document)))
        except PackError as wrong:
            problems.extend(wrong.problems)
    known = {(row.code, row.version, row.channel, row.language): row for row in MessageTemplate.objects.all()}
    fresh: list[MessageTemplate] = []
    for document, row in rows:
        place = (row.code, row.version, row.channel, row.language)
        there = known.get(place)
        if there is None:
            known[place] = row
            fresh.append(row)
        elif _content(there) != _content(row):
            problems.append(
                document.problem(
                    ("version",), f"第 {row.version} 版已经发布，不能修改；请把 version 改为 {row.version + 1}"
                )
            )
        outcome.count(created=there is None, changed=False)
    if problems:
        raise PackError(problems)
    MessageTemplate.objects.bulk_create(fresh)
    return outcome


def _rows(spec: MessageSpec) -> list[MessageTemplate]:
    """Return one row for each channel and language."""
    rows = []
    for language in ("zh", "en"):
        common = {
            "code": spec.code,
            "version": spec.version,
            "language": language,
            "title": spec.title.zh,
            "params": sorted(spec.params),
        }
        if spec.sms:
            rows.append(MessageTemplate(channel=Channel.SMS, body=getattr(spec.sms, language), **common))
        if spec.email:
            subject, body = getattr(spec.email.subject, language), getattr(spec.email.body, language)
            rows.append(MessageTemplate(channel=Channel.EMAIL, subject=subject, body=body, **common))
    return rows


def _content(row: MessageTemplate) -> tuple[str, str, str, list[str]]:
    return row.title, row.subject, row.body, list(row.params)


def declare() -> None:
    """Register the section."""
    register_section(Section(name="messages", pattern="messages/*.yaml", order=40, load=load))
