"""Turns a template and its data into plain blocks for the typesetter; no Django, no I/O.

Data never become markup: the typesetter reads the blocks as JSON and sets every text as it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from tongban.foundation.documents.schema import Block, DocumentSpec
from tongban.foundation.packs.localized import LocalizedText, localized

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LONG_WORD = re.compile(r"[!-~]{41,}")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December")  # fmt: skip


class DocumentDataError(ValueError):
    """The data do not fit the template; the text names the fields."""


def official_date(day: dt.date, language: str) -> str:
    """Return a date as documents write it: ``2026年11月21日`` or ``21 November 2026``."""
    if language.startswith("en"):
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def check_data(spec: DocumentSpec, data: Mapping[str, Any]) -> None:
    """Refuse data that do not fit the declared fields.

    :raises DocumentDataError: naming every missing, unknown and wrongly typed field
    """
    wrong = [f"unknown field {name}" for name in sorted(set(data) - set(spec.fields))]
    for name, kind in spec.fields.items():
        value = data.get(name)
        if value in (None, "", []):
            if not kind.endswith("?"):
                wrong.append(f"missing field {name}")
        elif not _fits(value, kind.rstrip("?")):
            wrong.append(f"field {name} is not a {kind.rstrip('?')}")
    if wrong:
        msg = f"{spec.code} v{spec.version}: {'; '.join(wrong)}"
        raise DocumentDataError(msg)


def _fits(value: Any, kind: str) -> bool:
    if kind == "list":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind == "table":
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if kind == "date":
        return _as_date(value) is not None
    return isinstance(value, str | int)


def _as_date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def fingerprint(
    template_sha256: str, number: str, data: Mapping[str, Any], *, issued_at: dt.datetime, language: str
) -> str:
    """Return the SHA-256 of everything a document states; two documents with the same one are the same."""
    stated = {
        "template": template_sha256,
        "number": number,
        "data": data,
        "at": issued_at.isoformat(),
        "lang": language,
    }
    return hashlib.sha256(
        json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def arrange(
    spec: DocumentSpec, data: Mapping[str, Any], *, automatic: Mapping[str, str], language: str
) -> dict[str, Any]:
    """Return what the typesetter needs: page, title and blocks, all places filled and all conditions decided.

    :param automatic: the values of :data:`~tongban.foundation.documents.schema.AUTOMATIC`
    """
    values = {name: _written(data.get(name), kind, language) for name, kind in spec.fields.items()} | dict(automatic)
    setter = _Setter(values, data, language)
    return {
        "lang": "en" if language.startswith("en") else "zh",
        "style": spec.style,
        "paper": spec.paper,
        "title": setter.text(spec.title),
        "number": automatic.get("number", ""),
        "unit": automatic.get("unit", ""),
        "seal_label": automatic.get("seal_label", ""),
        "blocks": _joined([setter.block(block) for block in spec.body if setter.shown(block.when, block.unless)]),
    }


def _joined(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighboring lists of pairs, so that their columns line up."""
    joined: list[dict[str, Any]] = []
    for block in blocks:
        if joined and block["kind"] == joined[-1]["kind"] == "pairs":
            joined[-1] = {"kind": "pairs", "rows": [*joined[-1]["rows"], *block["rows"]]}
        else:
            joined.append(block)
    return joined


def _written(value: Any, kind: str, language: str) -> str:
    """Return a field's value as it stands inside a sentence."""
    if value is None or kind.startswith("table"):
        return ""
    if kind.startswith("list"):
        return ("; " if language.startswith("en") else "；").join(value)
    if kind.startswith("date"):
        day = _as_date(value)
        return official_date(day, language) if day else ""
    return clean(str(value))


def clean(text: str) -> str:
    """Return a text without control and direction characters, with break points in words longer than a line."""
    plain = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return _LONG_WORD.sub(
        lambda found: "\u200b".join(found.group()[i : i + 8] for i in range(0, len(found.group()), 8)), plain
    )


class _Setter:
    """Fills the places of one document."""

    def __init__(self, values: Mapping[str, str], data: Mapping[str, Any], language: str) -> None:
        self.values, self.data, self.language = values, data, language

    def shown(self, when: str | None, unless: str | None = None) -> bool:
        return (when is None or self.has(when)) and (unless is None or not self.has(unless))

    def has(self, name: str) -> bool:
        return bool(self.data.get(name) or self.values.get(name))

    def text(self, text: LocalizedText | str) -> str:
        """Return one text with its places filled; a value is not searched for places again."""
        words = localized(text, language=self.language)
        return _PLACE.sub(lambda found: self.values.get(found.group(1), ""), words)

    def block(self, block: Block) -> dict[str, Any]:
        """Return a block as plain values."""
        made: dict[str, Any] = getattr(self, f"_{block.kind}")(block)
        return {"kind": "pairs" if block.facts else block.kind, **made}

    def _addressee(self, block: Block) -> dict[str, Any]:
        return {"text": self.text(block.addressee or "")}

    def _heading(self, block: Block) -> dict[str, Any]:
        return {"text": self.text(block.heading or "")}

    def _paragraph(self, block: Block) -> dict[str, Any]:
        return {"text": self.text(block.paragraph or "")}

    def _note(self, block: Block) -> dict[str, Any]:
        return {"text": self.text(block.note or "")}

    def _pairs(self, block: Block) -> dict[str, Any]:
        shown = [pair for pair in block.pairs or [] if self.shown(pair.when)]
        return {"rows": [[self.text(pair.label), self.text(pair.value)] for pair in shown]}

    def _facts(self, block: Block) -> dict[str, Any]:
        rows = self.data.get(block.facts or "") or []
        return {"rows": [[clean(str(row.get("label", ""))), clean(str(row.get("value", "")))] for row in rows]}

    def _items(self, block: Block) -> dict[str, Any]:
        items = block.items
        listed: Sequence[str] = self.data.get(items.field) or [] if items else []
        return {"items": [clean(item) for item in listed], "numbered": bool(items and items.numbered)}

    def _table(self, block: Block) -> dict[str, Any]:
        table = block.table
        if table is None:
            return {}
        rows = self.data.get(table.rows) or []
        head = [self.text(column.title) for column in table.columns]
        cells = [[clean(str(row.get(column.field, ""))) for column in table.columns] for row in rows]
        widths = [column.width for column in table.columns]
        if table.numbered:
            head = ["No." if self.language.startswith("en") else "序号", *head]
            cells = [[str(place), *row] for place, row in enumerate(cells, start=1)]
            widths = [0.0, *widths]
        return {"head": head, "rows": cells, "widths": widths}

    def _signature(self, block: Block) -> dict[str, Any]:
        return {
            "unit": self.values.get("unit", ""),
            "date": self.values.get("issued_on", ""),
            "seal": bool(block.signature and block.signature.seal),
        }

    def _qr(self, block: Block) -> dict[str, Any]:
        code = block.qr
        if code is None:
            return {}
        return {"svg": qr_svg(self.text(code.content)), "caption": self.text(code.caption) if code.caption else ""}


def qr_svg(content: str) -> str:
    """Return a QR code with medium error correction as SVG."""
    import segno

    target = io.BytesIO()
    segno.make(content, error="m", micro=False).save(target, kind="svg", border=0, xmldecl=False, svgns=True)
    return target.getvalue().decode()
