"""A declared form as a blank form to print: sections with labels and empty boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.foundation.forms.rules import FormSpec


@dataclass(frozen=True, slots=True)
class BlankRow:
    """One box: its label, and what may be ticked."""

    label: str
    hint: str = ""
    unit: str = ""
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlankSection:
    """One step of the form on paper."""

    title: str
    rows: tuple[BlankRow, ...]


def blank_sections(spec: FormSpec) -> list[BlankSection]:
    """Return the sections of a blank form; uploads are left out, because they are handed in beside it."""
    sections = [BlankSection(str(step.title), tuple(_rows(step.fields))) for step in spec.steps]
    return [section for section in sections if section.rows]


def _rows(fields: Sequence[Any], prefix: str = "") -> Iterator[BlankRow]:
    for field in fields:
        if field.type in ("info", "upload"):
            continue
        if field.type == "group":
            yield from _rows(field.fields, f"{field.item}：")
            continue
        yield BlankRow(
            label=f"{prefix}{field.label}",
            hint=str(field.hint or ""),
            unit=str(getattr(field, "unit", None) or ""),
            optional=not field.required,
            choices=_choices(field),
        )


def _choices(field: Any) -> tuple[str, ...]:
    if field.type in ("choice", "choices"):
        return tuple(str(option.label) for option in field.options)
    return (_("是"), _("否")) if field.type == "boolean" else ()
