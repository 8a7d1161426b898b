"""Loads files that declare numbered versions of something: new versions are added, a published one never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from pydantic import BaseModel

from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, Place
from tongban.foundation.packs.sections import Outcome

M = TypeVar("M", bound=Model)
Content = Callable[[Any], Any]
Check = Callable[[M, Collection[M]], tuple[Place, str] | None]
"""What is wrong with a new row beside those that are there or came before it: the place in the file and the remedy."""


@dataclass(frozen=True, slots=True)
class Versions(Generic[M]):
    """How versions of one table are told apart and compared.

    :param held: the published rows; narrow it with ``only`` where contents are large
    :param key: the names of the fields that name a version
    :param content: what must be the same of a version that is there; by default its checksum
    :param check: what a new row must fulfil beside the others
    """

    held: QuerySet[M]
    key: Sequence[str] = ("code", "version")
    content: Content = lambda row: row.sha256
    check: Check[M] | None = None

    def name_of(self, row: M) -> Hashable:
        """Return what tells a row from the others."""
        return tuple(getattr(row, name) for name in self.key)


def load_versions(
    documents: Sequence[Document], versions: Versions[M], rows_of: Callable[[Document], Iterable[M]]
) -> Outcome:
    """Add the versions of some files that are not there yet.

    :param rows_of: makes the unsaved rows of one file, or raises :class:`PackError`
    :raises PackError: with every mistake of every file; a published version with another content is one
    """
    outcome = Outcome()
    problems: list[Problem] = []
    known: dict[Hashable, M] = {versions.name_of(row): row for row in versions.held}
    fresh: list[M] = []
    for document in documents:
        try:
            rows = list(rows_of(document))
        except PackError as wrong:
            problems.extend(wrong.problems)
            continue
        for row in rows:
            name = versions.name_of(row)
            there = known.get(name)
            problems.extend(_problems(document, row, there, known, versions))
            if there is None:
                known[name] = row
                fresh.append(row)
            outcome.count(created=there is None, changed=False)
    if problems:
        raise PackError(problems)
    versions.held.bulk_create(fresh)
    return outcome


def _problems(
    document: Document, row: M, there: M | None, known: Mapping[Hashable, M], versions: Versions[M]
) -> Iterable[Problem]:
    if there is None:
        found = versions.check(row, known.values()) if versions.check else None
        if found is not None:
            yield document.problem(*found)
    elif versions.content(there) != versions.content(row):
        yield document.problem(("version",), _remedy(row, known.values()))


def _remedy(row: Any, known: Iterable[Any]) -> str:
    following = 1 + max(other.version for other in known if other.code == row.code)
    dated = "，并写明新的 effective_from" if hasattr(row, "effective_from") else ""
    return f"{row.code} 第 {row.version} 版已经发布，不能修改；请把 version 改为 {following}{dated}"


def plain_and_digest(spec: BaseModel, *, by_alias: bool = False) -> tuple[dict[str, Any], str]:
    """Return a declared content as plain data without what was left out, and its checksum (SHA-256, hexadecimal)."""
    plain = spec.model_dump(mode="json", by_alias=by_alias, exclude_none=True)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return plain, hashlib.sha256(text.encode()).hexdigest()
