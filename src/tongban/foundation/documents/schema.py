"""What a file under ``documents/`` of a pack may hold: the fields a document needs and the blocks it is set from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.foundation.packs.localized import LocalizedText

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{1,63}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FieldKind = Literal["text", "date", "list", "table", "text?", "date?", "list?", "table?"]
AUTOMATIC = frozenset({"number", "unit", "issued_on", "seal_label"})
"""Values every document knows without being told."""

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BLOCKS = ("addressee", "heading", "paragraph", "pairs", "facts", "items", "table", "signature", "note", "qr")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Pair(_Strict):
    """A label and a value beside it."""

    label: LocalizedText
    value: LocalizedText | str
    when: Name | None = None


class Items(_Strict):
    """A list of sentences out of a list field."""

    field: Name
    numbered: bool = True


class Column(_Strict):
    """A column of a table: its heading, the key in each row, and its share of the width."""

    title: LocalizedText
    field: Name
    width: float = Field(default=1, gt=0)


class Table(_Strict):
    """A table over a table field."""

    rows: Name
    columns: Annotated[list[Column], Field(min_length=1)]
    numbered: bool = True


class Signature(_Strict):
    """The unit's name and the date of issue, with room for the seal over them."""

    seal: bool = True


class Code2d(_Strict):
    """A QR code."""

    content: str
    caption: LocalizedText | None = None


class Block(_Strict):
    """One block: exactly one of the kinds (``facts`` sets a table of ``label`` and ``value`` as pairs), shown only ``when`` a field has a value or ``unless`` it has."""

    addressee: LocalizedText | None = None
    heading: LocalizedText | None = None
    paragraph: LocalizedText | None = None
    pairs: list[Pair] | None = None
    facts: Name | None = None
    items: Items | None = None
    table: Table | None = None
    signature: Signature | None = None
    note: LocalizedText | None = None
    qr: Code2d | None = None
    when: Name | None = None
    unless: Name | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in _BLOCKS if getattr(self, kind) is not None]
        if len(given) != 1:
            msg = f"每一块要写且只写一种：{'、'.join(_BLOCKS)}"
            raise ValueError(msg)
        return self

    @property
    def kind(self) -> str:
        """Return which kind of block this is."""
        return next(kind for kind in _BLOCKS if getattr(self, kind) is not None)

    def names(self) -> Iterator[str]:
        """Yield every field the block refers to."""
        yield from (name for name in (self.when, self.unless) if name)
        for text in _texts(getattr(self, self.kind)):
            yield from _PLACE.findall(text)
        if self.facts:
            yield self.facts
        if self.items:
            yield self.items.field
        if self.table:
            yield self.table.rows
        for pair in self.pairs or []:
            if pair.when:
                yield pair.when


class DocumentSpec(_Strict):
    """A document: its title, page, the fields it needs (``?`` marks those that may be missing) and its blocks."""

    code: Code
    version: int = Field(ge=1)
    title: LocalizedText
    style: Literal["letter", "slip", "license"] = "letter"
    paper: Literal["a4", "a4-landscape", "a5-landscape"] = "a4"
    source: str = ""
    fields: dict[Name, FieldKind]
    body: Annotated[list[Block], Field(min_length=1)]

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        """Refuse places for undeclared fields, fields nobody uses, and lists where a text is needed."""
        used = [name for block in self.body for name in block.names()]
        used += _PLACE.findall(self.title.zh) + _PLACE.findall(self.title.en)
        unknown = sorted(set(used) - set(self.fields) - AUTOMATIC)
        if unknown:
            msg = f"用了没有声明的字段：{'、'.join(unknown)}"
            raise ValueError(msg)
        idle = sorted(set(self.fields) - set(used))
        if idle:
            msg = f"声明了却没有用到的字段：{'、'.join(idle)}"
            raise ValueError(msg)
        for block in self.body:
            self._check_kinds(block)
        return self

    def _check_kinds(self, block: Block) -> None:
        if block.items and not self.fields[block.items.field].startswith("list"):
            msg = f"items 要用 list 字段：{block.items.field}"
            raise ValueError(msg)
        if block.facts and not self.fields[block.facts].startswith("table"):
            msg = f"facts 要用 table 字段，每行有 label 和 value：{block.facts}"
            raise ValueError(msg)
        if block.table and not self.fields[block.table.rows].startswith("table"):
            msg = f"table 要用 table 字段：{block.table.rows}"
            raise ValueError(msg)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text inside a block's value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, LocalizedText):
        yield from (value.zh, value.en)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name))
