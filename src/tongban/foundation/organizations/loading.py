"""Loads the regions and units of a pack: everything checked first, written in bulk, unchanged the second time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import Model

from tongban.foundation.organizations.english import english_name
from tongban.foundation.organizations.models import Line, Region, Unit
from tongban.foundation.organizations.paths import child_path
from tongban.foundation.organizations.rules import LEVELS, Place, fill, fill_english, invented_credit_code
from tongban.foundation.organizations.schema import (
    Details,
    ExplicitUnit,
    LevelPattern,
    LineFile,
    Override,
    RegionRow,
    Romanization,
)
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.reading import Document, parse, read_yaml
from tongban.foundation.packs.sections import Loading, Outcome
from tongban.foundation.text.romanize import UnreadableError, spell

M = TypeVar("M", bound=Model)
ROMANIZATION = "romanization.yaml"
_TEXTS = ("short_name", "address", "phone", "supervision_phone", "hours")


def load_regions(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create or change regions from ``regions.csv``; the parent must be in the file or known already.

    :raises PackError: with every wrong line
    """
    rows, problems = _regions_read(documents)
    spelling = _spelling(loading.root)
    known: dict[str, tuple[int, str]] = {
        code: (level, path) for code, level, path in Region.objects.values_list("code", "level", "path")
    }
    wanted: dict[str, dict[str, Any]] = {}
    parents: dict[str, str | None] = {}
    for row, document in sorted(rows, key=lambda pair: (pair[0].level, pair[0].code)):
        above = known.get(row.parent) if row.parent else None
        if row.code in wanted:
            problems.append(document.problem(("code",), f"代码 {row.code} 写了两次，请删去一行"))
        elif row.parent and (above is None or above[0] >= row.level):
            problems.append(document.problem(("parent",), f"{row.code} 的上级 {row.parent} 不存在或层级不在其上"))
        else:
            path = child_path(above[1] if above else None, row.code)
            known[row.code] = (row.level, path)
            wanted[row.code] = {"name": row.name, "level": row.level, "path": path}
            try:
                wanted[row.code]["name_en"] = spelling.names.get(row.code) or english_name(row.name, spelling.spell)
            except UnreadableError as unread:
                text = f"不知道“{unread.character}”怎样读，请写入 {ROMANIZATION} 的 readings"
                problems.append(document.problem(("name",), text))
            parents[row.code] = row.parent
    if problems:
        raise PackError(problems)
    return _write(Region, wanted, parents, levels={code: known[code][0] for code in wanted})


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How the names of this pack's regions are spelled in Latin letters."""

    readings: Mapping[str, str]
    names: Mapping[str, str]

    def spell(self, text: str) -> str:
        return spell(text, self.readings)


def check_romanization(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Check ``romanization.yaml``; it changes nothing by itself, the regions are spelled by it.

    :raises PackError: with every mistake
    """
    for document in documents:
        parse(Romanization, document)
    return Outcome(same=len(documents))


def _spelling(root: Path) -> _Spelling:
    """Read the exceptions of a pack; none if it has no such file."""
    path = root / ROMANIZATION
    if not path.exists():
        return _Spelling({}, {})
    file = parse(Romanization, read_yaml(path, root=root))
    return _Spelling(file.readings, file.names)


def _regions_read(documents: Sequence[Document]) -> tuple[list[tuple[RegionRow, Document]], list[Problem]]:
    rows: list[tuple[RegionRow, Document]] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            rows.append((parse(RegionRow, document), document))
        except PackError as wrong:
            problems.extend(wrong.problems)
    return rows, problems


@dataclass(frozen=True, slots=True)
class _Planned:
    """A unit as a pack wants it; ``parent`` is the code of a unit."""

    code: str
    place: Place
    level: int
    fields: Mapping[str, Any]
    parent: str | None
    document: Document
    where: tuple[str | int, ...]


def load_units(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Create or change lines and units from ``units/*.yaml``.

    A pattern makes one unit for each region of its level below the regions of this pack's ``regions.csv`` or known
    already; its code is ``<region code>-<line>``. The parent is the unit of the same line in the nearest region above.

    :raises PackError: with every mistake of every file
    """
    places = _places()
    outcome, problems = Outcome(), []
    plans: dict[str, _Planned] = {}
    lines: dict[str, dict[str, Any]] = {}
    for document in documents:
        try:
            file = parse(LineFile, document)
        except PackError as wrong:
            problems.extend(wrong.problems)
            continue
        if file.line in lines:
            problems.append(document.problem(("line",), f"条线 {file.line} 在另一个文件里已有，请合并"))
        lines[file.line] = {"title": file.title.model_dump()}
        for plan in _plan(file, document, places, problems):
            if plan.code in plans:
                problems.append(document.problem(plan.where, f"单位代码 {plan.code} 写了两次"))
            plans[plan.code] = plan
    problems.extend(_unknown_parents(plans))
    if problems:
        raise PackError(problems)
    _add(outcome, _write(Line, lines, {}, levels={}))
    _add(outcome, _write_units(plans))
    return outcome


def _places() -> dict[str, Place]:
    """Return every region with those above it."""
    places: dict[str, Place] = {}
    rows = Region.objects.order_by("level").values_list("code", "name", "level", "parent__code", "name_en")
    for code, name, level, parent, english in rows:
        places[code] = Place(code, name, level, places.get(parent), english)
    return places


def _plan(
    file: LineFile, document: Document, places: Mapping[str, Place], problems: list[Problem]
) -> Iterable[_Planned]:
    """Expand one file into the units it means."""
    planned: dict[str, _Planned] = {}
    skipped = set(file.without)
    used: set[str] = set()
    for name, pattern in file.levels.items():
        for place in places.values():
            if place.level != LEVELS[name] or place.code in skipped:
                continue
            used.add(place.code)
            planned[place.code] = _from_pattern(file, pattern, place, document, ("levels", name))
    problems.extend(
        document.problem(("overrides", code), f"区划 {code} 没有这个条线的单位，请检查代码或删去")
        for code in sorted(set(file.overrides) - used)
    )
    problems.extend(
        document.problem(("without", index), f"没有区划 {code}")
        for index, code in enumerate(file.without)
        if code not in places
    )
    for plan in planned.values():
        yield _under_nearest(plan, planned, file)
    for index, unit in enumerate(file.units):
        if unit.region in places:
            yield _explicit(file, unit, places[unit.region], document, index)
        else:
            problems.append(document.problem(("units", index, "region"), f"没有区划 {unit.region}"))


def _from_pattern(
    file: LineFile, pattern: LevelPattern, place: Place, document: Document, where: tuple[str | int, ...]
) -> _Planned:
    override = file.overrides.get(place.code, Override())
    name = next((text for suffix, text in pattern.by_suffix.items() if place.name.endswith(suffix)), pattern.name)
    code = f"{place.code}-{file.line}"
    fields = _details(file, code, place, (override, pattern, file.defaults))
    fields["name"] = fill(override.name or name, place)
    fallback = pattern.name_en or file.name_en or f"{_plain(file.title.en)}, {{place}}"
    english = next((text for suffix, text in pattern.by_suffix_en.items() if place.name.endswith(suffix)), fallback)
    fields["name_en"] = fill_english(override.name_en or english, place)
    return _Planned(code, place, place.level, fields, override.parent, document, where)


def _plain(text: str) -> str:
    """Return a text that a pattern takes as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def _under_nearest(plan: _Planned, planned: Mapping[str, _Planned], file: LineFile) -> _Planned:
    if plan.parent:
        return plan
    above = next((place.code for place in plan.place.chain[1:] if place.code in planned), None)
    parent = f"{above}-{file.line}" if above else None
    return _Planned(plan.code, plan.place, plan.level, plan.fields, parent, plan.document, plan.where)


def _explicit(file: LineFile, unit: ExplicitUnit, place: Place, document: Document, index: int) -> _Planned:
    fields = _details(file, unit.code, place, (unit, file.defaults))
    fields["name"] = fill(unit.name, place)
    fields["name_en"] = fill_english(unit.name_en, place) if unit.name_en else ""
    return _Planned(unit.code, place, LEVELS[unit.level], fields, unit.parent, document, ("units", index))


def _details(file: LineFile, code: str, place: Place, sources: Sequence[Details]) -> dict[str, Any]:
    """Take each detail from the first source that says it."""
    fields: dict[str, Any] = {"line": file.line, "level": place.level}
    for name in _TEXTS:
        text = next((value for source in sources if (value := getattr(source, name))), "")
        fields[name] = fill(text, place) if text else ""
    for name in ("valid_from", "valid_to"):
        fields[name] = next((value for source in sources if (value := getattr(source, name))), None)
    given = sources[0].credit_code
    invented = not given and file.invented_credit_codes
    digest = hashlib.sha256(code.encode()).hexdigest()
    fields["credit_code"] = given or (invented_credit_code(place.code[:6], int(digest[:12], 16)) if invented else "")
    fields["credit_code_invented"] = invented
    return fields


def _unknown_parents(plans: Mapping[str, _Planned]) -> list[Problem]:
    stored = set(Unit.objects.values_list("code", flat=True))
    problems = []
    for plan in plans.values():
        if plan.parent and plan.parent not in plans and plan.parent not in stored:
            problems.append(plan.document.problem((*plan.where, "parent"), f"没有上级单位 {plan.parent}"))
        elif plan.parent and _circular(plan, plans):
            problems.append(plan.document.problem((*plan.where, "parent"), f"{plan.code} 的上级绕回了自己"))
    return problems


def _circular(plan: _Planned, plans: Mapping[str, _Planned]) -> bool:
    seen = {plan.code}
    while plan.parent is not None and plan.parent in plans:
        plan = plans[plan.parent]
        if plan.code in seen:
            return True
        seen.add(plan.code)
    return False


def _depth(code: str | None, plans: Mapping[str, _Planned]) -> int:
    depth = 0
    while code is not None and code in plans:
        code, depth = plans[code].parent, depth + 1
    return depth


def _write_units(plans: Mapping[str, _Planned]) -> Outcome:
    """Write units, upper ones first, each with its paths."""
    regions = {code: (pk, path) for code, pk, path in Region.objects.values_list("code", "pk", "path")}
    paths = dict(Unit.objects.values_list("code", "path"))
    wanted: dict[str, dict[str, Any]] = {}
    depths = {code: _depth(code, plans) for code in plans}
    for code in sorted(plans, key=lambda key: (depths[key], key)):
        plan = plans[code]
        paths[code] = child_path(paths[plan.parent] if plan.parent else None, code)
        region, region_path = regions[plan.place.code]
        wanted[code] = {
            **plan.fields, "level": plan.level, "region_id": region, "region_path": region_path, "path": paths[code],
        }  # fmt: skip
    return _write(Unit, wanted, {code: plan.parent for code, plan in plans.items()}, levels=depths)


def _write(
    model: type[M],
    wanted: Mapping[str, dict[str, Any]],
    parents: Mapping[str, str | None],
    *,
    levels: Mapping[str, int],
) -> Outcome:
    """Write rows known by ``code`` in bulk, parents (lower level figure) before children."""
    outcome = Outcome()
    manager: Any = model._default_manager  # noqa: SLF001
    keys: dict[str, int] = dict(manager.values_list("code", "pk"))
    present = {row.code: row for row in manager.filter(code__in=list(wanted))}
    changed: list[Any] = []
    for level in sorted({levels.get(code, 0) for code in wanted}):
        fresh = []
        for code in (code for code in wanted if levels.get(code, 0) == level):
            fields = dict(wanted[code])
            if parents:
                above = parents.get(code)
                fields["parent_id"] = keys[above] if above else None
            row = present.get(code)
            if row is None:
                fresh.append(model(code=code, **fields))
                outcome.created += 1
            elif any(getattr(row, name) != value for name, value in fields.items()):
                for name, value in fields.items():
                    setattr(row, name, value)
                changed.append(row)
                outcome.changed += 1
            else:
                outcome.same += 1
        keys.update((row.code, row.pk) for row in manager.bulk_create(fresh, batch_size=1000))
    if changed:
        names = [name for name in next(iter(wanted.values())) if name != "code"]
        manager.bulk_update(changed, [*(n.removesuffix("_id") for n in names), *(["parent"] if parents else [])], 500)
    return outcome


def _add(total: Outcome, part: Outcome) -> None:
    total.created += part.created
    total.changed += part.changed
    total.same += part.same
