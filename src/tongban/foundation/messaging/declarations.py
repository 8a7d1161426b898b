"""What this slice tells the slices below: the pack section ``messages``."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.foundation.messaging.models import Channel, MessageTemplate
from tongban.foundation.messaging.schema import MessageSpec
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome, Section, register_section
from tongban.foundation.packs.versions import Versions, load_versions


def load(documents: Sequence[Document], loading: Loading) -> Outcome:  # noqa: ARG001 - the signature of a section
    """Add new versions of message texts; a version that is already there must be the same.

    :raises PackError: for wrong files, and for an attempt to change a published version
    """
    held = Versions(MessageTemplate.objects.all(), key=("code", "version", "channel", "language"), content=_content)
    return load_versions(documents, held, lambda document: _rows(parse(MessageSpec, document)))


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
