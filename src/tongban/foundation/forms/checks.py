"""Named rules over several fields. Packs name them; code declares them here or through the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tongban.foundation.forms.schema import CheckSpec


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: its path (``people-0-name``) and a sentence that says what to do."""

    path: str
    message: str


Check = Callable[[Mapping[str, Any], CheckSpec, dt.date], list[FieldError]]
_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Declare a rule that packs may name.

    ``check(values, spec, today)`` sees cleaned values (hidden fields are absent) and returns errors; it must let
    pass what is not filled in, since required fields are checked before.
    """
    _checks[name] = check


def known_checks() -> frozenset[str]:
    """Return the names that packs may use."""
    return frozenset(_checks)


def run_check(spec: CheckSpec, values: Mapping[str, Any], today: dt.date) -> list[FieldError]:
    """Run one rule; the pack's own message replaces the rule's."""
    found = _checks[spec.name](values, spec, today)
    if spec.message is None:
        return found
    return [FieldError(error.path, str(spec.message)) for error in found]


def _date_order(values: Mapping[str, Any], spec: CheckSpec, _today: dt.date) -> list[FieldError]:
    days = [(name, values.get(name)) for name in spec.fields if values.get(name)]
    for (_first, early), (name, late) in zip(days, days[1:], strict=False):
        if str(early) > str(late):
            return [FieldError(name, _("不能早于 %(day)s，请核对两个日期") % {"day": early})]
    return []


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None


def _not_more_than(values: Mapping[str, Any], spec: CheckSpec, _today: dt.date) -> list[FieldError]:
    small, large = (_number(values.get(name)) for name in spec.fields[:2])
    if small is None or large is None or small <= large:
        return []
    return [FieldError(spec.fields[0], _("不能大于 %(limit)s，请核对") % {"limit": values[spec.fields[1]]})]


def _sum_equals(values: Mapping[str, Any], spec: CheckSpec, _today: dt.date) -> list[FieldError]:
    total = _number(values.get(spec.fields[0]))
    parts = [_number(values.get(name)) for name in spec.fields[1:]]
    known = [part for part in parts if part is not None]
    if total is None or not known or sum(known) == total:
        return []
    return [FieldError(spec.fields[0], _("各项合计为 %(sum)s，与此处不一致，请核对") % {"sum": sum(known)})]


def _at_least_one(values: Mapping[str, Any], spec: CheckSpec, _today: dt.date) -> list[FieldError]:
    if any(values.get(name) not in (None, "", [], False) for name in spec.fields):
        return []
    return [FieldError(spec.fields[0], _("这几项至少填写一项"))]


def _different(values: Mapping[str, Any], spec: CheckSpec, _today: dt.date) -> list[FieldError]:
    given = [values.get(name) for name in spec.fields if values.get(name)]
    if len(given) == len({str(value) for value in given}):
        return []
    return [FieldError(spec.fields[-1], _("不能与前面填写的相同，请核对"))]


def _group_has(values: Mapping[str, Any], spec: CheckSpec, _today: dt.date) -> list[FieldError]:
    rows = values.get(spec.fields[0])
    wanted = spec.params.get("in", [])
    if not isinstance(rows, list) or not isinstance(wanted, list):
        return []
    inner = str(spec.params.get("field", ""))
    if any(isinstance(row, dict) and str(row.get(inner)) in wanted for row in rows):
        return []
    return [FieldError(spec.fields[0], _("缺少必须登记的一类，请补充"))]


def _birthday(value: Any) -> dt.date | None:
    text = str(value or "")
    try:
        if len(text) == 18 and text[:17].isdigit():
            return dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _age_at_least(values: Mapping[str, Any], spec: CheckSpec, today: dt.date) -> list[FieldError]:
    years = int(str(spec.params.get("years", 18)))
    found = []
    for name in spec.fields:
        born = _birthday(values.get(name))
        if born is None:
            continue
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if age < years:
            found.append(FieldError(name, _("须年满 %(years)s 周岁") % {"years": years}))
    return found


register_check("date_order", _date_order)
register_check("not_more_than", _not_more_than)
register_check("sum_equals", _sum_equals)
register_check("at_least_one", _at_least_one)
register_check("different", _different)
register_check("group_has", _group_has)
register_check("age_at_least", _age_at_least)
