"""What a form's schema cannot say by itself: ids, references, checks and examples must fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tongban.foundation.forms.checks import known_checks
from tongban.foundation.forms.schema import (
    AnyField,
    BooleanField,
    ChoiceField,
    ChoicesField,
    Condition,
    FormSpec,
    GroupField,
    InfoField,
)

Place = tuple[str | int, ...]
Mistake = tuple[Place, str]


def mistakes(spec: FormSpec) -> list[Mistake]:
    """Return every mistake with its place in the document."""
    found = list(_ids(spec))
    seen: dict[str, AnyField] = {}
    for s, step in enumerate(spec.steps):
        found += _condition(step.when, ("steps", s, "when"), seen)
        for f, item in enumerate(step.fields):
            place: Place = ("steps", s, "fields", f)
            found += _condition(item.when, (*place, "when"), seen)
            if isinstance(item, GroupField):
                found += _group(item, place, seen)
            seen[item.id] = item
    found += _checks(spec, seen)
    return found


def _ids(spec: FormSpec) -> Iterator[Mistake]:
    steps: set[str] = set()
    fields: set[str] = set()
    for s, step in enumerate(spec.steps):
        if step.id in steps:
            yield ("steps", s, "id"), f"步骤编号 {step.id} 重复，请换一个"
        steps.add(step.id)
        for f, item in enumerate(step.fields):
            if item.id in fields:
                yield ("steps", s, "fields", f, "id"), f"字段编号 {item.id} 重复，请换一个"
            fields.add(item.id)


def _group(group: GroupField, place: Place, seen: Mapping[str, AnyField]) -> Iterator[Mistake]:
    inner: dict[str, AnyField] = {}
    for f, item in enumerate(group.fields):
        spot = (*place, "fields", f)
        if item.id in inner:
            yield (*spot, "id"), f"字段编号 {item.id} 在这一组中重复，请换一个"
        yield from _condition(item.when, (*spot, "when"), {**seen, **inner})
        if not isinstance(item, InfoField) and item.prefill:
            yield (*spot, "prefill"), "重复组内的字段不能预填，请移到组外或删去"
        inner[item.id] = item


def _condition(condition: Condition | None, place: Place, seen: Mapping[str, AnyField]) -> Iterator[Mistake]:
    if condition is None:
        return
    for leaf in condition.leaves():
        target = seen.get(str(leaf.field))
        if target is None:
            yield place, f"条件引用的字段 {leaf.field} 不在前面，请检查拼写或顺序"
            continue
        allowed = _values(target)
        if allowed is None:
            yield place, f"字段 {leaf.field} 不是选择题，不能用作条件"
            continue
        strange = [value for value in leaf.in_ or [] if value not in allowed]
        if strange:
            yield place, f"条件中的值 {strange} 不是字段 {leaf.field} 的选项，可用：{sorted(map(str, allowed))}"


def _values(item: AnyField) -> set[Any] | None:
    if isinstance(item, ChoiceField | ChoicesField):
        return {option.value for option in item.options}
    return {True, False} if isinstance(item, BooleanField) else None


def _checks(spec: FormSpec, seen: Mapping[str, AnyField]) -> Iterator[Mistake]:
    for c, check in enumerate(spec.checks):
        if check.name not in known_checks():
            yield ("checks", c, "name"), f"没有名为 {check.name} 的核对规则，可用：{'、'.join(sorted(known_checks()))}"
        for n, name in enumerate(check.fields):
            if name not in seen:
                yield ("checks", c, "fields", n), f"没有字段 {name}，请检查拼写"
