"""Loads the indicators of a pack: a published version never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from tongban.affairs.disclosure.models import InspectionScheme
from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome


def load_indicators(documents: Sequence[Document], loading: Loading) -> Outcome:  # noqa: ARG001 - a section's signature
    """Add new versions; a version that is already there must be the same.

    :raises PackError: for wrong files and for an attempt to change a published version
    """
    outcome = Outcome()
    problems: list[Problem] = []
    known = {(row.code, row.version): row.sha256 for row in InspectionScheme.objects.all()}
    fresh: list[InspectionScheme] = []
    for document in documents:
        spec = parse(InspectionSpec, document)
        plain = spec.model_dump(mode="json", exclude_none=True)
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        there = known.get((spec.code, spec.version))
        if there is None:
            fresh.append(
                InspectionScheme(
                    code=spec.code,
                    version=spec.version,
                    title=spec.title.model_dump(),
                    spec=plain,
                    sha256=sha256,
                    effective_from=spec.effective_from,
                )
            )
        elif there != sha256:
            told = f"第 {spec.version} 版已经发布，不能修改；请把 version 改为 {spec.version + 1}，并写明新的 effective_from"
            problems.append(document.problem(("version",), told))
        outcome.count(created=there is None, changed=False)
    if problems:
        raise PackError(problems)
    InspectionScheme.objects.bulk_create(fresh)
    return outcome
