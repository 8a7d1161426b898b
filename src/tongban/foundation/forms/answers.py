"""Answers in their other shapes: from a browser, as a summary, flat, and as examples."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _

from tongban.foundation.forms.conditions import shows
from tongban.foundation.forms.parsing import blank, day_of, truth
from tongban.foundation.forms.schema import (
    AddressField,
    AnyField,
    BooleanField,
    ChoiceField,
    ChoicesField,
    DateField,
    DecimalField,
    FormSpec,
    GroupField,
    InfoField,
    IntegerField,
    Question,
    RegionField,
    UploadField,
)
from tongban.foundation.text import mask

MAX_ROWS = 200
Regions = Callable[[str], str]


class Post(Protocol):
    """What is used of Django's ``QueryDict``."""

    def get(self, key: str, default: Any = None) -> Any: ...  # noqa: D102
    def getlist(self, key: str) -> list[Any]: ...  # noqa: D102
    def __contains__(self, key: str) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...


def raw_from_post(spec: FormSpec, step: str, post: Post) -> dict[str, Any]:
    """Return what was typed on one page, as nested plain data; every field of the page is present.

    Names of inputs: ``field``, ``date-y``, ``address-region``, ``people-0-name``; ``people-0-_row`` marks a row.
    """
    return {item.id: _posted(item, item.id, post) for item in spec.step(step).fields if not isinstance(item, InfoField)}


def _posted(item: AnyField, name: str, post: Post) -> Any:
    if isinstance(item, GroupField):
        pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-")
        numbers = sorted({int(found[1]) for key in post if (found := pattern.match(key))})[:MAX_ROWS]
        return [
            {
                inner.id: _posted(inner, f"{name}-{number}-{inner.id}", post)
                for inner in item.fields
                if not isinstance(inner, InfoField)
            }
            for number in numbers
        ]
    if isinstance(item, DateField):
        return {key: str(post.get(f"{name}-{key}", "") or "") for key in ("y", "m", "d")}
    if isinstance(item, AddressField):
        return {key: str(post.get(f"{name}-{key}", "") or "") for key in ("region", "detail")}
    if isinstance(item, ChoicesField | UploadField):
        return [str(value) for value in post.getlist(name) if value]
    return str(post.get(name, "") or "")


@dataclass(frozen=True, slots=True)
class SummarySection:
    """One page of the form (or one block of a group) as rows of label and text."""

    title: str
    rows: list[tuple[str, str]]
    step: str = ""


def summary(
    spec: FormSpec,
    values: Mapping[str, Any],
    *,
    masked: bool = True,
    region_name: Regions | None = None,
) -> list[SummarySection]:
    """Return the answers as people read them; works for any values, also incomplete or strange ones.

    :param masked: hide the middle of values marked sensitive
    :param region_name: gives the full name of a division; codes are shown without it
    """
    tell = Telling(masked=masked, region_name=region_name)
    sections: list[SummarySection] = []
    for page in spec.steps:
        if not shows(page.when, values):
            continue
        rows: list[tuple[str, str]] = []
        groups: list[SummarySection] = []
        for item in page.fields:
            if isinstance(item, InfoField) or not shows(item.when, values):
                continue
            if isinstance(item, GroupField):
                groups += _group_sections(item, values, page.id, tell)
            else:
                rows.append((str(item.label), tell.text(item, values.get(item.id))))
        if rows:
            sections.append(SummarySection(str(page.title), rows, page.id))
        sections += groups
    return sections


def _group_sections(group: GroupField, values: Mapping[str, Any], step: str, tell: Telling) -> Iterator[SummarySection]:
    given = values.get(group.id)
    for number, row in enumerate(given if isinstance(given, list) else [], start=1):
        if not isinstance(row, Mapping):
            continue
        rows = [
            (str(item.label), tell.text(item, row.get(item.id)))
            for item in group.fields
            if not isinstance(item, InfoField) and shows(item.when, row, values)
        ]
        yield SummarySection(f"{group.item} {number}", rows, step)


@dataclass(frozen=True, slots=True)
class Telling:
    """How values are written out."""

    masked: bool = True
    region_name: Regions | None = None

    def text(self, item: Question, value: Any) -> str:
        """Return one value as text; an empty one as ``（未填）``."""
        if blank(value):
            return _("（未填）")
        text = self._plain(item, value)
        return self._hide(item, text) if self.masked and item.sensitive else text

    def _plain(self, item: Question, value: Any) -> str:
        if isinstance(item, BooleanField):
            answer = truth(value)
            return str(value) if answer is None else _("是") if answer else _("否")
        if isinstance(item, ChoiceField):
            return item.titles().get(str(value), str(value))
        if isinstance(item, ChoicesField):
            titles = item.titles()
            listed = value if isinstance(value, list) else [value]
            return _("、").join(titles.get(str(part), str(part)) for part in listed)
        if isinstance(item, UploadField):
            count = len(value) if isinstance(value, list) else 1
            return _("%(count)s 个文件") % {"count": count}
        return self._measured(item, value)

    def _measured(self, item: Question, value: Any) -> str:
        if isinstance(item, RegionField):
            return self._region(value)
        if isinstance(item, AddressField) and isinstance(value, Mapping):
            return f"{self._region(value.get('region', ''))}{value.get('detail', '')}"
        if isinstance(item, DateField) and isinstance(value, Mapping):
            return "-".join(str(value.get(key, "")) for key in ("y", "m", "d"))
        if isinstance(item, IntegerField | DecimalField) and item.unit is not None:
            return f"{value} {item.unit}"
        return str(value)

    def _region(self, code: Any) -> str:
        return self.region_name(str(code)) if self.region_name else str(code)

    def _hide(self, item: Question, text: str) -> str:
        if isinstance(item, AddressField):
            return mask.address(text)
        hide = _MASKS.get(item.type)
        if hide is not None:
            return hide(text)
        return mask.name(text) if len(text) <= 20 else mask.address(text)


_MASKS: dict[str, Callable[[str], str]] = {
    "citizen_number": mask.citizen_number,
    "phone": mask.phone,
    "email": mask.email,
    "credit_code": mask.credit_code,
}


def flatten(spec: FormSpec, values: Mapping[str, Any], *, region_name: Regions | None = None) -> dict[str, str]:
    """Return unmasked texts by path, such as ``staff.0.name``, for documents and licence data; empty values are left out."""
    tell = Telling(masked=False, region_name=region_name)
    flat: dict[str, str] = {}
    for _page, item in spec.top_fields():
        if isinstance(item, InfoField):
            continue
        value = values.get(item.id)
        if isinstance(item, GroupField):
            for number, row in enumerate(value if isinstance(value, list) else []):
                for inner in item.fields:
                    if isinstance(row, Mapping) and not isinstance(inner, InfoField) and not blank(row.get(inner.id)):
                        flat[f"{item.id}.{number}.{inner.id}"] = tell.text(inner, row[inner.id])
        elif not blank(value):
            flat[item.id] = tell.text(item, value)
    return flat


def regions_of(spec: FormSpec, values: Mapping[str, Any]) -> set[str]:
    """Return the codes of the divisions among the answers, so that their names can be read together."""
    found: set[str] = set()
    for _page, item in spec.top_fields():
        value = values.get(item.id)
        if isinstance(item, GroupField):
            rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
            found.update(_code(inner, row.get(inner.id)) for row in rows for inner in item.fields)
        else:
            found.add(_code(item, value))
    return found - {""}


def _code(item: AnyField, value: Any) -> str:
    if isinstance(item, AddressField) and isinstance(value, Mapping):
        return str(value.get("region", ""))
    return str(value or "") if isinstance(item, RegionField) else ""


def empty_answers(spec: FormSpec) -> dict[str, Any]:
    """Return the answers of a form just opened: each group with its least number of empty rows."""
    return {
        item.id: [{} for _row in range(item.min)]
        for _page, item in spec.top_fields()
        if isinstance(item, GroupField) and item.min
    }


def example_answers(spec: FormSpec, *, today: dt.date, file_id: str = "") -> dict[str, Any]:
    """Return answers that pass every declared check of single fields, from the form's own examples.

    :param file_id: id given to upload fields; without it they stay empty
    """
    return {
        item.id: _example(item, today, file_id) for _page, item in spec.top_fields() if not isinstance(item, InfoField)
    }


def _example(item: AnyField, today: dt.date, file_id: str) -> Any:
    if isinstance(item, GroupField):
        row = {inner.id: _example(inner, today, file_id) for inner in item.fields if not isinstance(inner, InfoField)}
        return [dict(row) for _row in range(max(1, item.min))]
    if isinstance(item, DateField):
        return day_of(item.example, today).isoformat()
    if isinstance(item, DecimalField):
        return f"{item.example:.12g}"
    if isinstance(item, ChoiceField):
        return item.example or item.options[0].value
    if isinstance(item, ChoicesField):
        return item.example or [option.value for option in item.options[: max(1, item.min)]]
    return _plain_example(item, file_id)


def _plain_example(item: AnyField, file_id: str) -> Any:
    if isinstance(item, BooleanField):
        return True if item.example is None else item.example
    if isinstance(item, AddressField):
        return item.example.model_dump()
    if isinstance(item, UploadField):
        return [file_id] if file_id else []
    return getattr(item, "example", "")
