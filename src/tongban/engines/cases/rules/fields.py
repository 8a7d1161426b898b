"""Turns what was entered with an action into values, and says what is wrong field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tongban.engines.cases.rules.compiled import ActionDef
from tongban.engines.cases.rules.vocabulary import FIELDS, Field, FieldType

MAX_ITEMS = 50


class FieldMistake(ValueError):  # noqa: N818 - carried to the form, never escapes
    """A value that cannot be taken; the code names the sentence."""


def clean(action: ActionDef, raw: Mapping[str, Any], *, by_law: bool = False) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of the fields an action asks for, and the codes of what is wrong by field.

    Who took part and what was noted is not asked of the law itself (``by_law``). Values are JSON-able: text, whole numbers, ISO dates, lists of ``{text, basis}``, booleans.
    """
    values: dict[str, Any] = {}
    mistakes: dict[str, str] = {}
    for name in (*action.all_needs, *action.all_offers):
        field = FIELDS[name]
        try:
            value = _READ[field.type](field, raw.get(name), action.codes_of(name) or field.choices)
        except FieldMistake as wrong:
            mistakes[name] = str(wrong)
            continue
        if value in (None, "", [], False):
            if name in action.all_needs and not by_law:
                mistakes[name] = "missing"
            continue
        values[name] = value
    return values, mistakes


def _text(field: Field, value: Any, _choices: Iterable[str]) -> str:
    text = str(value or "").strip()
    if len(text) > field.limit:
        raise FieldMistake("too_long")
    if "\x00" in text:
        raise FieldMistake("not_text")
    return text


def _number(field: Field, value: Any, _choices: Iterable[str]) -> int | None:
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= field.limit:
        raise FieldMistake("not_number")
    return int(text)


def _key(_field: Field, value: Any, _choices: Iterable[str]) -> int | None:
    text = str(getattr(value, "pk", value) or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise FieldMistake("not_choice")
    return int(text)


def _keys(field: Field, value: Any, _choices: Iterable[str]) -> list[int]:
    given = value if isinstance(value, list | tuple) else str(value or "").split(",")
    keys = [_key(field, each, ()) for each in given]
    return list(dict.fromkeys(key for key in keys if key is not None))


def _file(_field: Field, value: Any, _choices: Iterable[str]) -> str:
    return str(getattr(value, "pk", value) or "").strip()


def _date(_field: Field, value: Any, _choices: Iterable[str]) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    text = str(value or "").strip()
    if not text:
        return ""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as wrong:
        raise FieldMistake("not_date") from wrong


def _choice(_field: Field, value: Any, choices: Iterable[str]) -> str:
    text = str(value or "").strip()
    if text and text not in tuple(choices):
        raise FieldMistake("not_choice")
    return text


def _items(field: Field, value: Any, _choices: Iterable[str]) -> list[dict[str, str]]:
    lines: Iterable[Any] = value if isinstance(value, list | tuple) else str(value or "").splitlines()
    found: list[dict[str, str]] = []
    for line in lines:
        item = dict(line) if isinstance(line, Mapping) else {"text": line}
        kept = {
            str(key): _text(field, item[key], ()) for key in ("text", "basis", "material") if str(item.get(key) or "")
        }
        if kept.get("text"):
            found.append(kept)
    if len(found) > MAX_ITEMS:
        raise FieldMistake("too_many")
    return found


def _checkbox(_field: Field, value: Any, _choices: Iterable[str]) -> bool:
    return str(value or "").lower() in ("1", "true", "on", "yes")


_READ: dict[FieldType, Callable[[Field, Any, Iterable[str]], Any]] = {
    FieldType.TEXT: _text,
    FieldType.TEXTAREA: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.ITEMS: _items,
    FieldType.ACCOUNT: _key,
    FieldType.UNITS: _keys,
    FieldType.UNIT: _key,
    FieldType.FILE: _file,
    FieldType.CHECKBOX: _checkbox,
}
