"""Loads ``items/*.yaml``: checks everything first, then writes each changed item with its units in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Q

from tongban.engines.catalog.actions.files import attach_downloads, check_downloads
from tongban.engines.catalog.codes import Kind, known_codes
from tongban.engines.catalog.expanding import (
    Target,
    UnitRow,
    Version,
    check_codes,
    check_processes,
    check_version,
    chosen_units,
    clashes,
    digest,
    expand,
    is_online,
)
from tongban.engines.catalog.indexing import grams, index_text, tsvector
from tongban.engines.catalog.models import (
    Faq,
    Fee,
    Implementation,
    ItemRevision,
    LegalBasis,
    LifeEvent,
    Material,
    ServiceProcess,
    StandardItem,
    Theme,
)
from tongban.engines.catalog.rules import Finding
from tongban.engines.catalog.schema import Item, Process
from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.packs.errors import PackError, Problem
from tongban.foundation.packs.localized import LocalizedText
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome

BATCH = 500
MUTABLE = [
    "code", "scheme", "region_path", "level", "group", "name", "elements", "case_kind", "statutory_figure",
    "statutory_unit", "promised_figure", "promised_unit", "online_depth", "is_online", "visits", "charges",
    "process_code", "form_code", "license_type_code", "status", "version", "search_name", "search_text", "search_grams",
]  # fmt: skip
PARTS: tuple[type[LegalBasis] | type[Material] | type[Fee] | type[Faq] | type[ServiceProcess], ...] = (
    LegalBasis,
    Material,
    Fee,
    Faq,
    ServiceProcess,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A changed item, checked and ready to be written."""

    document: Document
    item: Item
    targets: list[Target]
    digest: str


@dataclass(frozen=True, slots=True)
class Known:
    """The lists an item refers to."""

    units: Mapping[str, UnitRow]
    themes: Mapping[str, int]
    events: Mapping[str, int]
    event_names: Mapping[str, dict[str, str]]
    codes: Mapping[Kind, frozenset[str]]
    digests: Mapping[str, str]


def load_items(documents: Sequence[Document], loading: Loading) -> Outcome:
    """Load standard items and their implementations.

    An item whose file and units are unchanged is left alone; a changed one becomes the next version.

    :raises PackError: with every mistake of every file; nothing is written then
    """
    known = _known()
    outcome = Outcome()
    plans: list[Plan] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            item = parse(Item, document)
        except PackError as wrong:
            problems.extend(wrong.problems)
            continue
        events = [known.event_names[code] for code in item.events if code in known.event_names]
        mark = digest(document.data, _units_of(item, known.units), events)
        if known.digests.get(item.code) == mark:
            outcome.same += 1
            continue
        targets, findings = _checked(item, known, loading.root)
        problems.extend(document.problem(finding.place, finding.text) for finding in findings)
        plans.append(Plan(document, item, targets, mark))
    problems.extend(_repeated(documents))
    if problems:
        raise PackError(problems)
    for plan in plans:
        _write(plan, known, loading, outcome)
    return outcome


def _known() -> Known:
    regions = dict(Region.objects.values_list("code", "name"))
    units = {
        row.code: UnitRow(
            row.pk,
            row.code,
            row.name,
            row.line,
            row.level,
            row.credit_code,
            row.region.code,
            row.region_path,
            "".join(regions.get(code, "") for code in row.region_path.strip("/").split("/")),
        )
        for row in Unit.objects.select_related("region").filter(valid_to__isnull=True)
    }
    return Known(
        units,
        dict(Theme.objects.values_list("code", "pk")),
        dict(LifeEvent.objects.values_list("code", "pk")),
        dict(LifeEvent.objects.values_list("code", "name")),
        known_codes(),
        dict(StandardItem.objects.values_list("code", "digest")),
    )


def _units_of(item: Item, units: Mapping[str, UnitRow]) -> list[UnitRow]:
    found = {unit.code: unit for spec in item.implementations for unit in chosen_units(spec, units)}
    return [found[code] for code in sorted(found)]


def _checked(item: Item, known: Known, root: Path) -> tuple[list[Target], list[Finding]]:
    targets, versions, findings = expand(item, known.units)
    findings += [finding for version in versions for finding in check_version(item, version)]
    findings += check_codes(item, themes=frozenset(known.themes), events=frozenset(known.events), known=known.codes)
    findings += check_processes(item)
    findings += clashes(targets)
    findings += check_downloads(item, root)
    return targets, list(dict.fromkeys(findings))


def _repeated(documents: Sequence[Document]) -> list[Problem]:
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for document in documents:
        code = str(document.data.get("code", "")) if isinstance(document.data, dict) else ""
        if code in seen:
            problems.append(document.problem(("code",), f"基本编码 {code} 已用于 {seen[code]}，请改用另一个编码"))
        seen[code] = document.file
    return problems


def _text(value: LocalizedText | None) -> dict[str, str] | None:
    return value.model_dump() if value else None


def _write(plan: Plan, known: Known, loading: Loading, outcome: Outcome) -> None:
    row, created = _write_standard(plan, loading.at)
    outcome.count(created=created, changed=not created)
    row.themes.set([known.themes[code] for code in plan.item.themes])
    row.events.set([known.events[code] for code in plan.item.events])
    for part in PARTS:
        part.objects.filter(item=row).delete()
    LegalBasis.objects.bulk_create(
        [LegalBasis(item=row, order=n, **basis.model_dump(mode="json")) for n, basis in enumerate(plan.item.bases)]
    )
    Material.objects.bulk_create(
        [
            Material(item=row, order=n, **material.model_dump(mode="json", exclude={"blank", "sample"}))
            for n, material in enumerate(plan.item.materials)
        ]
    )
    Fee.objects.bulk_create(
        [Fee(item=row, order=n, **fee.model_dump(mode="json")) for n, fee in enumerate(plan.item.fees)]
    )
    Faq.objects.bulk_create([Faq(item=row, order=n, **faq.model_dump()) for n, faq in enumerate(plan.item.faqs)])
    ServiceProcess.objects.bulk_create(_processes(plan.item, row))
    attach_downloads(plan.item, row, root=loading.root, at=loading.at)
    events = [text for code in plan.item.events for text in known.event_names[code].values()]
    _write_implementations(plan, row, events, loading.at, outcome)


def _write_standard(plan: Plan, at: dt.datetime) -> tuple[StandardItem, bool]:
    item = plan.item
    old = StandardItem.objects.filter(code=item.code).first()
    values: dict[str, Any] = {
        "item_type": item.type.value,
        "name": _text(item.name),
        "aliases": item.aliases,
        "description": _text(item.description),
        "icon": item.icon,
        "objects_served": list(item.objects),
        "for_persons": "person" in item.objects,
        "for_organizations": bool(set(item.objects) - {"person"}),
        "conditions": [_text(text) for text in item.conditions],
        "conditions_note": _text(item.conditions_note),
        "notes": [_text(text) for text in item.notes],
        "steps": [step.model_dump(mode="json") for step in item.steps],
        "special_procedures": [special.model_dump(mode="json") for special in item.special_procedures],
        "scenarios": [scenario.model_dump(mode="json") for scenario in item.scenarios],
        "result": item.result.model_dump(mode="json"),
        "renewal": item.renews.model_dump(mode="json") if item.renews else None,
        "statutory": item.statutory.model_dump(mode="json") if item.statutory else None,
        "sort": item.sort,
        "version": old.version + 1 if old else 1,
        "updated_on": item.updated_on,
        "digest": plan.digest,
    }
    row, created = StandardItem.objects.update_or_create(code=item.code, defaults=values)
    _keep_revision(row, item, at)
    return row, created


def _keep_revision(row: StandardItem, item: Item, at: dt.datetime) -> None:
    content = item.model_dump(mode="json")
    before = ItemRevision.objects.filter(item=row).order_by("-version").first()
    changed = sorted(key for key in content if before is not None and before.content.get(key) != content[key])
    ItemRevision.objects.create(item=row, version=row.version, content=content, changed=changed, published_at=at)


def _processes(item: Item, row: StandardItem) -> list[ServiceProcess]:
    groups: list[tuple[int, Sequence[Process]]] = [(0, item.processes)]
    groups += [(n, spec.processes) for n, spec in enumerate(item.implementations, start=1) if spec.processes]
    return [
        ServiceProcess(
            item=row,
            group=group,
            process_code=process.process,
            form_code=process.form,
            license_type_code=item.result.license_type,
            effective_from=process.effective_from,
            effective_to=process.effective_to,
        )
        for group, processes in groups
        for process in processes
    ]


def _elements(item: Item, version: Version) -> dict[str, Any]:
    values = version.elements.model_dump(mode="json")
    if version.spec.steps is not None:
        values["steps"] = [step.model_dump(mode="json") for step in version.spec.steps]
    values["promised"] = version.promised.model_dump(mode="json") if version.promised else None
    return values


def _in_force(item: Item, version: Version, on: dt.date) -> Process | None:
    for process in version.spec.processes or item.processes:
        if process.effective_from <= on and (process.effective_to is None or process.effective_to >= on):
            return process
    return None


def _effective(process: Process | None) -> dict[str, str]:
    if process is None:
        return {}
    until = process.effective_to.isoformat() if process.effective_to else ""
    return {"effective_from": process.effective_from.isoformat(), "effective_to": until}


def _write_implementations(plan: Plan, row: StandardItem, events: list[str], at: dt.datetime, outcome: Outcome) -> None:
    item = plan.item
    old = dict(Implementation.objects.filter(standard_item=row).values_list("unit_id", "code"))
    shared: dict[tuple[str | int, ...], dict[str, Any]] = {}
    rows = []
    for target in plan.targets:
        version = target.version
        if version.place not in shared:
            shared[version.place] = _shared_values(item, version, row, at.date())
        search_name, search_text = index_text(item, version.spec.name, target.unit, events)
        rows.append(
            Implementation(
                **shared[version.place],
                code=target.code,
                scheme=target.scheme,
                standard_item=row,
                unit_id=target.unit.pk,
                region_path=target.unit.region_path,
                level=target.unit.level,
                status=Implementation.Status.IN_FORCE,
                search_name=search_name,
                search_text=search_text,
                search_grams=tsvector(grams(search_text)),
            )
        )
        outcome.count(created=target.unit.pk not in old, changed=target.unit.pk in old)
    Implementation.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["standard_item", "unit"], update_fields=MUTABLE
    )
    gone = Implementation.objects.filter(standard_item=row).exclude(unit_id__in=[t.unit.pk for t in plan.targets])
    outcome.changed += gone.exclude(status=Implementation.Status.CANCELLED).update(
        status=Implementation.Status.CANCELLED
    )


def _shared_values(item: Item, version: Version, row: StandardItem, on: dt.date) -> dict[str, Any]:
    process = _in_force(item, version, on)
    promised = version.promised
    elements = version.elements
    return {
        "group": version.group if version.spec.processes else 0,
        "name": _text(version.spec.name or item.name),
        "elements": {**_elements(item, version), **_effective(process)},
        "case_kind": elements.case_kind.value,
        "statutory_figure": item.statutory.figure if item.statutory else None,
        "statutory_unit": item.statutory.unit.value if item.statutory else "",
        "promised_figure": promised.figure if promised else None,
        "promised_unit": promised.unit.value if promised else "",
        "online_depth": elements.online_depth.value,
        "is_online": is_online(elements) and process is not None,
        "visits": elements.visits,
        "charges": elements.charges,
        "process_code": process.process if process else "",
        "form_code": process.form if process else "",
        "license_type_code": item.result.license_type,
        "version": row.version,
    }


def refresh_processes(*, on: dt.date) -> int:
    """Bring the process, form and license type of every implementation to those in force on a day.

    :return: how many implementations changed
    """
    changed = 0
    in_force = ServiceProcess.objects.filter(effective_from__lte=on).exclude(effective_to__lt=on)
    for process in in_force:
        changed += (
            Implementation.objects.filter(standard_item_id=process.item_id, group=process.group)
            .exclude(
                Q(process_code=process.process_code)
                & Q(form_code=process.form_code)
                & Q(license_type_code=process.license_type_code)
            )
            .update(
                process_code=process.process_code,
                form_code=process.form_code,
                license_type_code=process.license_type_code,
            )
        )
    return changed
