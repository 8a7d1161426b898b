"""Loads ``forms/*.yaml`` of a pack."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from tongban.foundation.clock.now import local_date
from tongban.foundation.forms.actions import FormChangedError, publish_form
from tongban.foundation.forms.prefill import known_sources
from tongban.foundation.forms.rules import FormSpec, clean, example_answers, mistakes
from tongban.foundation.forms.schema import GroupField, InfoField
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome


def load_forms(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Publish every form of a pack.

    :raises PackError: with every mistake and its line; a published version with changed content is one
    """
    specs: list[tuple[Document, FormSpec]] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            spec = parse(FormSpec, document)
        except PackError as wrong:
            problems += wrong.problems
            continue
        problems += [document.problem(place, text) for place, text in mistakes(spec)]
        problems += _unknown_sources(document, spec)
        problems += _wrong_example(document, spec, local_date(loading.at))
        specs.append((document, spec))
    if problems:
        raise PackError(problems)
    outcome = Outcome()
    for document, spec in specs:
        try:
            _version, created = publish_form(spec=spec, at=loading.at)
        except FormChangedError:
            text = f"第 {spec.version} 版已经发布，内容不能再改；请把 version 改为 {spec.version + 1}"
            problems.append(document.problem(("version",), text))
            continue
        outcome.count(created=created, changed=False)
    if problems:
        raise PackError(problems)
    return outcome


def _wrong_example(document: Document, spec: FormSpec, today: dt.date) -> list[Problem]:
    """Return where the form's own examples, filled in as a whole, are refused by the form: the sample printed from them would be wrong."""
    if mistakes(spec):
        return []
    upload = str(uuid.UUID(int=0))
    cleaned = clean(spec, example_answers(spec, today=today, file_id=upload), today=today)
    places = {
        item.id: ("steps", s, "fields", f) for s, step in enumerate(spec.steps) for f, item in enumerate(step.fields)
    }
    return [
        document.problem(
            places.get(error.path.split("-")[0], ("steps",)),
            f"用各字段的 example 填写样表，{error.path} 不能通过：{error.message}",
        )
        for error in cleaned.errors
    ]


def _unknown_sources(document: Document, spec: FormSpec) -> list[Problem]:
    found = []
    for s, step in enumerate(spec.steps):
        for f, item in enumerate(step.fields):
            if isinstance(item, InfoField | GroupField) or not item.prefill or item.prefill in known_sources():
                continue
            text = f"没有名为 {item.prefill} 的预填来源，可用：{'、'.join(sorted(known_sources()))}"
            found.append(document.problem(("steps", s, "fields", f, "prefill"), text))
    return found
