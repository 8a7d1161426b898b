"""Checks answers against a form: the one place of validation for pages and for the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tongban.foundation.forms.checks import FieldError, run_check
from tongban.foundation.forms.conditions import shows
from tongban.foundation.forms.parsing import Surroundings, WrongAnswerError, blank, parse
from tongban.foundation.forms.schema import (
    AnyField,
    BooleanField,
    ChoiceField,
    ChoicesField,
    FormSpec,
    GroupField,
    InfoField,
    Question,
    RegionField,
    UploadField,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The accepted values (hidden and wrong ones are absent) and what is wrong, in the order of the form."""

    values: dict[str, Any]
    errors: list[FieldError] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether everything asked for is right."""
        return not self.errors


def clean(
    spec: FormSpec,
    raw: Mapping[str, Any],
    *,
    step: str | None = None,
    today: dt.date,
    files: Collection[str] | None = None,
    region_known: Callable[[str, str], bool] | None = None,
) -> Cleaned:
    """Check answers and return their values.

    :param raw: answers of the whole form as typed (or as cleaned before, or as JSON from a machine)
    :param step: report only what is wrong on this step; the other steps' good values still count for conditions
    :param files: ids of files the applicant may name; ``None`` accepts any
    """
    around = Surroundings(today, None if files is None else frozenset(files), region_known)
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for page in spec.steps:
        if not shows(page.when, values):
            continue
        reported = errors if step in (None, page.id) else []
        for item in page.fields:
            _one(item, raw, values, reported, "", around, (values,))
    if not errors:
        errors += _checks(spec, values, today, step)
    return Cleaned(values, errors)


def _checks(spec: FormSpec, values: Mapping[str, Any], today: dt.date, step: str | None) -> list[FieldError]:
    where = {item.id: page.id for page, item in spec.top_fields()}
    found: list[FieldError] = []
    for check in spec.checks:
        # A rule over several pages speaks on the page of its last field, when everything before is known.
        last = max((list(where).index(name) for name in check.fields if name in where), default=None)
        if last is None or (step is not None and list(where.values())[last] != step):
            continue
        if not any(name in values for name in check.fields):
            continue
        found += run_check(check, values, today)
    return found


def _one(
    item: AnyField,
    raw: Mapping[str, Any],
    values: dict[str, Any],
    errors: list[FieldError],
    prefix: str,
    around: Surroundings,
    scopes: tuple[Mapping[str, Any], ...],
) -> None:
    if isinstance(item, InfoField) or not shows(item.when, *scopes):
        return
    path = f"{prefix}{item.id}"
    given = raw.get(item.id)
    if isinstance(item, GroupField):
        values[item.id] = _rows(item, given, errors, path, around, scopes)
        return
    if isinstance(item, BooleanField) and item.must and blank(given):
        given = False
    if blank(given):
        if item.required:
            errors.append(FieldError(path, ask(item)))
        return
    try:
        values[item.id] = parse(item, given, around)
    except WrongAnswerError as wrong:
        errors.append(FieldError(path, str(wrong)))


def _rows(
    group: GroupField,
    given: Any,
    errors: list[FieldError],
    path: str,
    around: Surroundings,
    scopes: tuple[Mapping[str, Any], ...],
) -> list[dict[str, Any]]:
    rows = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list | tuple) else []
    if len(rows) < group.min:
        errors.append(FieldError(path, _("至少填写 %(min)s 份") % {"min": group.min}))
    if len(rows) > group.max:
        errors.append(FieldError(path, _("最多填写 %(max)s 份，请移除多余的") % {"max": group.max}))
        rows = rows[: group.max]
    result: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        kept: dict[str, Any] = {}
        for item in group.fields:
            _one(item, row, kept, errors, f"{path}-{number}-", around, (kept, *scopes))
        result.append(kept)
    return result


def ask(item: Question) -> str:
    """Return the sentence for a question that was left empty: what to do, with the label."""
    label = str(item.label)
    if isinstance(item, BooleanField) and item.must:
        return _("需要勾选后才能继续")
    if isinstance(item, BooleanField) or label.endswith(("？", "?")):
        return _("请回答：%(label)s") % {"label": label}
    if isinstance(item, ChoiceField | ChoicesField | RegionField):
        return _("请选择%(label)s") % {"label": label}
    if isinstance(item, UploadField):
        return _("请上传%(label)s") % {"label": label}
    return _("请填写%(label)s") % {"label": label}
