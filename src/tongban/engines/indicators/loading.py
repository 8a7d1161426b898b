"""Loads the schemes of a pack: a published version never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from tongban.engines.indicators.models import ScoreScheme
from tongban.engines.indicators.schema import ScoreSpec
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome


def load_schemes(documents: Sequence[Document], loading: Loading) -> Outcome:  # noqa: ARG001 - the signature of a section
    """Add new versions of schemes; a version that is already there must be the same.

    :raises PackError: for wrong files, an attempt to change a published version, and versions whose dates do not follow
    """
    outcome = Outcome()
    problems: list[Problem] = []
    known = {(row.code, row.version): row for row in ScoreScheme.objects.all()}
    fresh: list[ScoreScheme] = []
    for document in documents:
        try:
            row = _row(parse(ScoreSpec, document))
        except PackError as wrong:
            problems.extend(wrong.problems)
            continue
        there = known.get((row.code, row.version))
        if there is None:
            wrong_date = _date_problem(row, known.values())
            if wrong_date:
                problems.append(document.problem(("effective_from",), wrong_date))
            known[row.code, row.version] = row
            fresh.append(row)
        elif there.sha256 != row.sha256:
            text = (
                f"第 {row.version} 版已经发布，不能修改；请把 version 改为 {row.version + 1}，并写明新的 effective_from"
            )
            problems.append(document.problem(("version",), text))
        outcome.count(created=there is None, changed=False)
    if problems:
        raise PackError(problems)
    ScoreScheme.objects.bulk_create(fresh)
    return outcome


def _date_problem(row: ScoreScheme, others: Iterable[ScoreScheme]) -> str:
    for other in others:
        if other.code == row.code and (other.version < row.version) != (other.effective_from < row.effective_from):
            return f"第 {other.version} 版从 {other.effective_from} 起施行，版本和日期的先后要一致"
    return ""


def _row(spec: ScoreSpec) -> ScoreScheme:
    plain = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return ScoreScheme(
        code=spec.code,
        version=spec.version,
        title=spec.title.model_dump(),
        spec=plain,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        effective_from=spec.effective_from,
    )
