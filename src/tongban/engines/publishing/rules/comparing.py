"""Two revisions side by side: which fields changed, and in texts which words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.engines.publishing.rules.content import FIELDS

_PIECES = re.compile(r"<[^>]+>|[A-Za-z0-9]+|\s+|.", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_BLOCK_END = re.compile(r"</(?:p|h[2-6]|li|tr|figcaption|blockquote|table)>|<br ?/?>")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both (``same``), only in the newer (``added``) or only in the older (``removed``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field; ``pieces`` joined without the removed ones is the new text."""

    field: str
    pieces: tuple[Piece, ...]


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldChange]:
    """Return the changed fields of two revisions' contents, in the order of the form."""
    changes = []
    for field in FIELDS:
        before, after = _text(field, old.get(field)), _text(field, new.get(field))
        if before != after:
            changes.append(FieldChange(field, tuple(pieces(before, after))))
    return changes


def _text(field: str, value: object) -> str:
    if value is None:
        return ""
    if field == "body":
        return lines(str(value))
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {held}" for name, held in sorted(value.items()))
    if isinstance(value, list | tuple):
        return "\n".join(str(row.get("name", row)) if isinstance(row, Mapping) else str(row) for row in value)
    return str(value)


def lines(body: str) -> str:
    """Return clean markup as text, a block a line; pictures are shown by their address."""
    text = re.sub(r'<img[^>]*src="([^"]*)"[^>]*>', r"[\1]", body)
    text = _TAG.sub("", _BLOCK_END.sub("\n", text))
    return re.sub(r"\n\s*\n+", "\n", text).strip()


def pieces(before: str, after: str) -> Iterator[Piece]:
    """Compare two texts: first by line, inside changed lines by word (Chinese by character)."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a1:a2]))
        else:
            yield from _inside("".join(old[a1:a2]), "".join(new[b1:b2]))


def _inside(before: str, after: str) -> Iterator[Piece]:
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    for kind, a1, a2, b1, b2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a1:a2]))
            continue
        if a2 > a1:
            yield Piece("removed", "".join(old[a1:a2]))
        if b2 > b1:
            yield Piece("added", "".join(new[b1:b2]))
