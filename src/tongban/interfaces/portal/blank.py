"""A declared form on paper: blank with empty boxes, or as a sample filled in with the form's own examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.foundation.forms.answers import Telling
from tongban.foundation.forms.queries import region_name
from tongban.foundation.forms.rules import FormSpec, clean, example_answers, shows


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One box: its label, what may be ticked (and whether it is), and what is written in it."""

    label: str
    hint: str = ""
    unit: str = ""
    optional: bool = False
    choices: tuple[tuple[str, bool], ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class PaperSection:
    """One step of the form on paper."""

    title: str
    rows: tuple[PaperRow, ...]


def blank_sections(spec: FormSpec) -> list[PaperSection]:
    """Return the sections of a blank form; uploads are left out, because they are handed in beside it."""
    sections = [PaperSection(str(step.title), tuple(_rows(step.fields, None))) for step in spec.steps]
    return [section for section in sections if section.rows]


def sample_sections(spec: FormSpec, *, on: dt.date) -> list[PaperSection]:
    """Return the sections of a filled-in sample: only what applies to the example, with the example's answers.

    :param on: the day for which examples such as ``today+30`` are written out
    """
    values = clean(spec, example_answers(spec, today=on), today=on).values
    steps = [step for step in spec.steps if shows(step.when, values)]
    sections = [PaperSection(str(step.title), tuple(_rows(step.fields, values))) for step in steps]
    return [section for section in sections if section.rows]


def _rows(
    fields: Sequence[Any],
    values: Mapping[str, Any] | None,
    *,
    all_values: Mapping[str, Any] | None = None,
    prefix: str = "",
) -> Iterator[PaperRow]:
    for field in fields:
        if field.type in ("info", "upload") or (values is not None and not shows(field.when, values, all_values or {})):
            continue
        if field.type == "group":
            yield from _group(field, values)
            continue
        given = None if values is None else values.get(field.id)
        choices = _choices(field, given)
        yield PaperRow(
            label=f"{prefix}{field.label}",
            hint=str(field.hint or "") if values is None else "",
            unit=str(getattr(field, "unit", None) or "") if values is None else "",
            optional=not field.required and values is None,
            choices=choices,
            value="" if values is None or choices else _written(field, given),
        )


def _group(field: Any, values: Mapping[str, Any] | None) -> Iterator[PaperRow]:
    if values is None:
        yield from _rows(field.fields, None, prefix=f"{field.item}：")
        return
    for number, row in enumerate(values.get(field.id) or [], start=1):
        yield from _rows(field.fields, row, all_values=values, prefix=f"{field.item} {number}：")


def _written(field: Any, given: Any) -> str:
    return Telling(masked=False, region_name=region_name).text(field, given)


def _choices(field: Any, given: Any) -> tuple[tuple[str, bool], ...]:
    if field.type in ("choice", "choices"):
        ticked = set(given if isinstance(given, list) else [given])
        return tuple((str(option.label), option.value in ticked) for option in field.options)
    return ((_("是"), given is True), (_("否"), given is False)) if field.type == "boolean" else ()
