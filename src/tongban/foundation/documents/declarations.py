"""What this slice tells the slices below: the pack section ``documents``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from tongban.foundation.documents.models import DocumentTemplate
from tongban.foundation.documents.schema import DocumentSpec
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome, Section, register_section


def load(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Add new versions of document templates; a version that is already there must be the same.

    :raises PackError: for wrong files, and for an attempt to change a published version
    """
    outcome = Outcome()
    problems = []
    known = {(row.code, row.version): row.sha256 for row in DocumentTemplate.objects.only("code", "version", "sha256")}
    fresh: list[DocumentTemplate] = []
    for document in documents:
        try:
            row = _row(parse(DocumentSpec, document))
        except PackError as wrong:
            problems.extend(wrong.problems)
            continue
        there = known.get((row.code, row.version))
        if there is None:
            known[row.code, row.version] = row.sha256
            fresh.append(row)
        elif there != row.sha256:
            text = f"第 {row.version} 版已经发布，不能修改；请把 version 改为 {row.version + 1}"
            problems.append(document.problem(("version",), text))
        outcome.count(created=there is None, changed=False)
    if problems:
        raise PackError(problems)
    DocumentTemplate.objects.bulk_create(fresh)
    return outcome


def _row(spec: DocumentSpec) -> DocumentTemplate:
    plain = spec.model_dump(mode="json", exclude_none=True)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return DocumentTemplate(
        code=spec.code,
        version=spec.version,
        title=spec.title.model_dump(),
        spec=plain,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def declare() -> None:
    """Register the section."""
    register_section(Section(name="documents", pattern="documents/*.yaml", order=41, load=load))
