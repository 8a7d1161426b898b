"""Expands one item file to the units that carry it out, and checks each distinct version. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tongban.engines.catalog.codes import NAMES, Kind
from tongban.engines.catalog.rules import (
    ONLINE,
    Checked,
    Finding,
    Period,
    check,
    implementation_code,
    unknown_codes,
)
from tongban.engines.catalog.schema import Elements, Implementation, Item, Limit

LEVELS = {"province": 2, "city": 3, "county": 4, "town": 5, "village": 6}
SCHEMA_VERSION = 6


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What expansion needs to know of a unit."""

    pk: int
    code: str
    name: str
    line: str
    level: int
    credit_code: str
    region_code: str
    region_path: str
    region_names: str


@dataclass(frozen=True, slots=True)
class Version:
    """One distinct set of values: a group, or a unit of it that overrides something. ``group`` counts from 1."""

    group: int
    place: tuple[str | int, ...]
    promised: Limit | None
    elements: Elements
    spec: Implementation


@dataclass(frozen=True, slots=True)
class Target:
    """A unit, its implementation code, and the version it uses."""

    unit: UnitRow
    code: str
    scheme: str
    version: Version


def digest(data: Any, units: Sequence[UnitRow], events: Sequence[Mapping[str, str]] = ()) -> str:
    """Return the fingerprint of an item file together with the units it reaches and the names of its life events."""
    fingerprint = [
        SCHEMA_VERSION,
        data,
        list(events),
        [(u.code, u.name, u.level, u.credit_code, u.region_path, u.region_names) for u in units],
    ]
    text = json.dumps(fingerprint, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def chosen_units(spec: Implementation, units: Mapping[str, UnitRow]) -> list[UnitRow]:
    """Return the units a group names, or those of its line and levels."""
    if spec.units:
        found = [units[code] for code in spec.units if code in units]
    else:
        levels = {LEVELS[name] for name in spec.levels}
        found = [unit for unit in units.values() if unit.line == spec.line and unit.level in levels]
    return [unit for unit in found if unit.code not in spec.except_units]


def _merged(base: Elements, changes: Mapping[str, Any], place: tuple[str | int, ...]) -> tuple[Elements, list[Finding]]:
    if not changes:
        return base, []
    try:
        return Elements.model_validate({**base.model_dump(mode="json"), **changes}), []
    except ValidationError as wrong:
        return base, [
            Finding((*place, "elements", *error["loc"]), f"要素取值不符：{error['msg']}") for error in wrong.errors()
        ]


def expand(item: Item, units: Mapping[str, UnitRow]) -> tuple[list[Target], list[Version], list[Finding]]:
    """Return the units with their versions, the distinct versions, and what is wrong.

    Later groups win over earlier ones for the same unit.
    """
    targets: dict[str, Target] = {}
    versions: list[Version] = []
    findings: list[Finding] = []
    for number, spec in enumerate(item.implementations, start=1):
        place: tuple[str | int, ...] = ("implementations", number - 1)
        elements, wrong = _merged(item.elements, spec.elements, place)
        findings.extend(wrong)
        findings.extend(_unknown_units(spec, units, place))
        group = Version(number, place, spec.promised or item.promised, elements, spec)
        versions.append(group)
        for unit in chosen_units(spec, units):
            version = group
            if unit.code in spec.overrides:
                version, wrong = _override(group, unit.code)
                versions.append(version)
                findings.extend(wrong)
            code, scheme = implementation_code(
                basic_code=item.code, level=unit.level, credit_code=unit.credit_code, region_code=unit.region_code
            )
            targets[unit.code] = Target(unit, code, scheme.value, version)
    return list(targets.values()), versions, findings


def _override(group: Version, unit_code: str) -> tuple[Version, list[Finding]]:
    change = group.spec.overrides[unit_code]
    place = (*group.place, "overrides", unit_code)
    elements, wrong = _merged(group.elements, change.elements, place)
    return Version(group.group, place, change.promised or group.promised, elements, group.spec), wrong


def _unknown_units(
    spec: Implementation, units: Mapping[str, UnitRow], place: tuple[str | int, ...]
) -> Iterator[Finding]:
    for index, code in enumerate(spec.units):
        if code not in units:
            yield Finding((*place, "units", index), f"没有代码为 {code} 的单位，请先载入该单位或改正代码")
    for code in spec.overrides:
        if code not in units:
            yield Finding((*place, "overrides", code), f"没有代码为 {code} 的单位，请先载入该单位或改正代码")
    if not spec.units and not chosen_units(spec, units):
        levels = "、".join(spec.levels)
        yield Finding((*place, "line"), f"条线 {spec.line} 在 {levels} 没有单位，请先载入单位，或改正 line 和 levels")


def clashes(targets: Sequence[Target]) -> Iterator[Finding]:
    """Yield a finding for each implementation code that two units would share."""
    seen: dict[str, str] = {}
    for target in targets:
        if target.code in seen:
            yield Finding(
                target.version.place,
                f"{seen[target.code]} 和 {target.unit.name} 的实施编码相同（{target.code}），"
                "请给单位补上统一社会信用代码，或用 except_units 去掉一个",
            )
        seen[target.code] = target.unit.name


def _period(limit: Limit | None) -> Period | None:
    return Period(limit.figure, limit.unit) if limit else None


def check_version(item: Item, version: Version) -> list[Finding]:
    """Return the contradictions of one version, at the place where they can be mended."""
    elements = version.elements
    found = check(
        Checked(
            statutory=_period(item.statutory),
            promised=_period(version.promised),
            case_kind=elements.case_kind,
            visits=elements.visits,
            visits_reason=elements.visits_reason is not None,
            online_depth=elements.online_depth,
            courier=elements.courier or "courier" in elements.handling_forms,
            charges=elements.charges,
            fees=len(item.fees),
            fees_complete=True,
            online_payment=elements.online_payment,
            special_law=bool(item.statutory and item.statutory.special_law),
            joint_units=len(elements.joint_units),
            result_kind=item.result.kind,
            result_name=str(item.result.name or ""),
            license_type=item.result.license_type,
        )
    )
    return [_placed(finding, version) for finding in found]


def _placed(finding: Finding, version: Version) -> Finding:
    """Move a finding into the group that set the value, else leave it at the item."""
    head = finding.place[0]
    own: Any = version.spec
    if version.place[-2:-1] == ("overrides",):
        own = version.spec.overrides[str(version.place[-1])]
    if head == "promised" and own.promised is not None:
        return Finding((*version.place, "promised"), finding.text)
    if head == "elements" and len(finding.place) > 1 and finding.place[1] in own.elements:
        return Finding((*version.place, *finding.place), finding.text)
    if head == "case_kind":
        place = (*version.place, "elements") if own.elements else ("elements", "case_kind")
        return Finding(place, finding.text)
    return finding


def check_codes(
    item: Item, *, themes: frozenset[str], events: frozenset[str], known: Mapping[Kind, frozenset[str]]
) -> list[Finding]:
    """Return a finding for every code the item uses that no list has."""
    findings = unknown_codes("主题", [(("themes", i), code) for i, code in enumerate(item.themes)], themes)
    findings += unknown_codes("一件事", [(("events", i), code) for i, code in enumerate(item.events)], events)
    used: dict[Kind, list[tuple[tuple[str | int, ...], str]]] = {"process": [], "form": [], "license_type": []}
    groups = [(("processes",), item.processes)]
    groups += [(("implementations", n, "processes"), g.processes or []) for n, g in enumerate(item.implementations)]  # type: ignore[misc]
    for place, processes in groups:
        for index, process in enumerate(processes):
            used["process"].append(((*place, index, "process"), process.process))
            used["form"].append(((*place, index, "form"), process.form))
    if item.result.license_type:
        used["license_type"].append((("result", "license_type"), item.result.license_type))
    if item.renews is not None:
        used["license_type"].append((("renews", "license_type"), item.renews.license_type))
    for number, material in enumerate(item.materials):
        used["license_type"] += [(("materials", number, "reuse", i), code) for i, code in enumerate(material.reuse)]
    for kind, codes in known.items():
        findings += unknown_codes(NAMES[kind], used[kind], codes)
    return findings


def check_processes(item: Item) -> list[Finding]:
    """Return a finding for process versions whose dates overlap or run backwards."""
    findings: list[Finding] = []
    ordered = sorted(item.processes, key=lambda process: process.effective_from)
    for index, process in enumerate(ordered):
        if process.effective_to and process.effective_to < process.effective_from:
            findings.append(Finding(("processes", index, "effective_to"), "停用日期早于启用日期，请改正"))
        later = ordered[index + 1] if index + 1 < len(ordered) else None
        if later and (process.effective_to is None or process.effective_to >= later.effective_from):
            findings.append(
                Finding(
                    ("processes", index),
                    f"与 {later.effective_from} 启用的版本时间重叠，请把 effective_to 写成前一天",
                )
            )
    return findings


def is_online(elements: Elements) -> bool:
    """Tell whether an application can be made on this platform."""
    return elements.online_depth in ONLINE and not elements.online_address
