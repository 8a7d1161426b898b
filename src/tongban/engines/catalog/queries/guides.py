"""The guide of one implementation: everything a page, a print, the API and JSON-LD show, as frozen rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from tongban.engines.catalog import labels
from tongban.engines.catalog.elements import HOTLINE
from tongban.engines.catalog.models import (
    FormDownload,
    Implementation,
    ItemRevision,
    Material,
    ServiceProcess,
)
from tongban.engines.catalog.queries.element_rows import element_rows
from tongban.engines.catalog.queries.guide_rows import (
    BasisRow,
    FeeRow,
    Guide,
    LimitRow,
    MaterialRow,
    ScenarioRow,
    SpecialRow,
    StepRow,
)
from tongban.engines.catalog.queries.items import promise_text, published
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import ClockError, Limit, Unit, due_on
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.statements import load


def by_code(code: str) -> Implementation | None:
    """Return the implementation in force with a code, with unit, region and standard item."""
    return published().filter(code=code).first()


def process_on(implementation: Implementation, on: dt.date) -> ServiceProcess | None:
    """Return which process, form and license type handle an implementation on a day."""
    rows = load(
        ServiceProcess,
        'item_id = %s AND "group" = %s AND effective_from <= %s AND (effective_to IS NULL OR effective_to >= %s)',
        *(implementation.standard_item_id, implementation.group, on, on),
    )
    return min(rows, key=lambda each: each.effective_from, default=None)


def materials_for(implementation: Implementation, answers: Mapping[str, Any] | None = None) -> list[Material]:
    """Return the materials of an implementation that apply to the answers given.

    :param answers: answers of the form by field id; a scenario without an answer leaves its materials in
    """
    rows = load(Material, "item_id = %s", implementation.standard_item_id)
    return [row for row in sorted(rows, key=lambda each: each.order) if _applies(row.when, answers or {})]


def _applies(when: Mapping[str, Sequence[str]], answers: Mapping[str, Any]) -> bool:
    for scenario, wanted in when.items():
        given = answers.get(scenario)
        if given in (None, "", []):
            continue
        chosen = {str(one) for one in given} if isinstance(given, list | tuple | set) else {str(given)}
        if not chosen & set(wanted):
            return False
    return True


def example_due(shown: Guide, *, on: dt.date) -> dt.date | None:
    """Return until when a case accepted on a day is done, by the period the applicant may rely on.

    Nothing if there is no period in days, or the calendar does not reach so far.
    """
    if shown.limit is None or shown.limit.figure == 0 or shown.limit.unit == Unit.HOUR:
        return None
    try:
        return due_on(on, Limit(shown.limit.figure, Unit(shown.limit.unit)), calendar_for(shown.region_code))
    except ClockError:
        return None


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One published version of an item, with the names of the parts it changed."""

    version: int
    published_at: dt.datetime
    parts: str


def revisions(item_id: int) -> list[RevisionRow]:
    """Return the published versions of a standard item, newest first."""
    rows = ItemRevision.objects.filter(item_id=item_id).defer("content")
    return [RevisionRow(row.version, row.published_at, labels.listed(row.changed, labels.PARTS)) for row in rows]


def download(guide_code: str, material_code: str, kind: str) -> FormDownload | None:
    """Return a blank form or sample of an implementation."""
    return (
        FormDownload.objects.filter(
            item__implementations__code=guide_code,
            item__implementations__status=Implementation.Status.IN_FORCE,
            material_code=material_code,
            kind=kind,
        )
        .select_related("file", "item")
        .first()
    )


def guide(code: str) -> Guide | None:
    """Return the guide of an implementation in force, nothing if there is none."""
    row = (
        published()
        .filter(code=code)
        .prefetch_related(
            "standard_item__bases",
            "standard_item__materials",
            "standard_item__fees",
            "standard_item__faqs",
            "standard_item__themes",
            "standard_item__events",
            Prefetch("standard_item__downloads", FormDownload.objects.select_related("file")),
        )
        .defer("search_text", "search_grams")
        .first()
    )
    return _guide(row) if row else None


def _limit(stored: Mapping[str, Any] | None) -> LimitRow | None:
    if not stored:
        return None
    mark = stored.get("mark") or ""
    return LimitRow(
        stored["figure"],
        stored["unit"],
        labels.limit_text(stored),
        localized(stored.get("source")),
        mark,
        str(labels.MARKS.get(mark, "")),
        localized(stored.get("note")),
    )


def _guide(row: Implementation) -> Guide:
    item, unit, elements = row.standard_item, row.unit, row.elements
    materials = _materials(row)
    scenarios = _scenarios(item.scenarios)
    return Guide(
        pk=row.pk,
        item_id=item.pk,
        code=row.code,
        scheme=row.scheme,
        item_code=item.code,
        title=row.title,
        description=localized(item.description),
        icon=item.icon,
        item_type=item.get_item_type_display(),
        item_type_code=item.item_type,
        objects=labels.listed(item.objects_served, labels.OBJECTS),
        objects_codes=tuple(item.objects_served),
        for_persons=item.for_persons,
        for_organizations=item.for_organizations,
        unit_id=unit.pk,
        unit=unit.title,
        unit_code=unit.credit_code or unit.code,
        region=unit.region.title,
        region_code=unit.region.code,
        region_path=row.region_path,
        level=row.get_level_display(),
        subject_nature=str(labels.SUBJECT_NATURES[elements["subject_nature"]]),
        case_kind=row.get_case_kind_display(),
        case_kind_code=row.case_kind,
        statutory=_limit(item.statutory),
        promised=_limit(elements.get("promised")),
        promise=promise_text(row),
        visits=row.visits,
        visits_reason=localized(elements["visits_reason"]),
        online_depth=row.get_online_depth_display(),
        online_depth_code=row.online_depth,
        is_online=row.is_online,
        online_address=elements["online_address"],
        booking=elements["booking"],
        courier=elements["courier"],
        cross_area=str(labels.CROSS_AREAS[elements["cross_area"]]),
        cross_area_code=elements["cross_area"],
        charges=row.charges,
        fees=tuple(
            FeeRow(
                localized(fee.name),
                localized(fee.standard),
                localized(fee.basis),
                localized(fee.reduction),
                fee.mark,
                str(labels.MARKS[fee.mark]),
            )
            for fee in item.fees.all()
        ),
        conditions=tuple(localized(text) for text in item.conditions),
        conditions_note=localized(item.conditions_note),
        notes=tuple(localized(text) for text in item.notes),
        materials=materials,
        scenarios=scenarios,
        steps=_steps(elements.get("steps") or item.steps),
        specials=_specials(item.special_procedures),
        bases=tuple(
            BasisRow(
                localized(basis.law),
                localized(basis.article),
                localized(basis.gist),
                str(labels.PURPOSES[basis.purpose]),
                basis.source,
                basis.mark,
                str(labels.MARKS[basis.mark]),
            )
            for basis in item.bases.all()
        ),
        result=localized(item.result.get("name")),
        result_kind=str(labels.RESULT_KINDS[item.result["kind"]]),
        result_validity=localized(item.result.get("validity")),
        result_note=localized(item.result.get("note")),
        faqs=tuple((localized(faq.question), localized(faq.answer)) for faq in item.faqs.all()),
        themes=tuple((theme.code, theme.audience, str(theme)) for theme in item.themes.all()),
        events=tuple((event.code, str(event)) for event in item.events.all()),
        place=localized(elements["place"]) or unit.address,
        window=localized(elements["window"]),
        hours=localized(elements["hours"]) or unit.hours,
        consultation=elements["consultation"] or unit.phone or HOTLINE,
        supervision_phone=elements["supervision_phone"] or unit.supervision_phone or HOTLINE,
        review_address=localized(elements["review_address"]),
        litigation_address=localized(elements["litigation_address"]),
        process_code=row.process_code,
        form_code=row.form_code,
        license_type=row.license_type_code,
        version=row.version,
        updated_on=item.updated_on,
        status=row.get_status_display(),
        elements=tuple(element_rows(row)),
    )


def _materials(row: Implementation) -> tuple[MaterialRow, ...]:
    item = row.standard_item
    downloads = {(one.material_code, one.kind): one for one in item.downloads.all()}
    words = {(one["code"], choice["code"]): _choice(one, choice) for one in item.scenarios for choice in one["choices"]}
    return tuple(
        MaterialRow(
            code=material.code,
            name=localized(material.name),
            issuer=localized(material.issuer),
            source=str(labels.SOURCES[material.issuer_kind]),
            form=material.get_form_display(),
            form_code=material.form,
            necessity=material.get_necessity_display(),
            necessity_code=material.necessity,
            originals=material.originals,
            copies=material.copies,
            where=str(labels.WHERE[material.where]),
            purpose=localized(material.purpose),
            time_demand=localized(material.time_demand),
            note=localized(material.note),
            basis=localized(material.basis),
            accept=tuple(material.accept),
            reuse=tuple(material.reuse),
            commitment=material.commitment,
            when={scenario: tuple(choices) for scenario, choices in material.when.items()},
            when_text=_("；").join(
                _("、").join(words.get((scenario, choice), choice) for choice in choices)
                for scenario, choices in material.when.items()
            ),
            blank=downloads.get((material.code, "blank")),
            sample=downloads.get((material.code, "sample")),
        )
        for material in item.materials.all()
    )


SHORT = 3


def _choice(scenario: Mapping[str, Any], choice: Mapping[str, Any]) -> str:
    """Return a choice as a condition; a bare yes or no is said with its question."""
    label = localized(choice["label"])
    if len(label) > SHORT:
        return label
    return _("“%(question)s”选“%(choice)s”") % {"question": localized(scenario["question"]), "choice": label}


def _scenarios(stored: Sequence[Mapping[str, Any]]) -> tuple[ScenarioRow, ...]:
    return tuple(
        ScenarioRow(
            scenario["code"],
            localized(scenario["question"]),
            tuple((choice["code"], localized(choice["label"])) for choice in scenario["choices"]),
        )
        for scenario in stored
    )


def _steps(stored: Sequence[Mapping[str, Any]]) -> tuple[StepRow, ...]:
    return tuple(
        StepRow(localized(step["name"]), localized(step["text"]), labels.limit_text(step.get("limit")))
        for step in stored
    )


def _specials(stored: Sequence[Mapping[str, Any]]) -> tuple[SpecialRow, ...]:
    return tuple(
        SpecialRow(
            kind=str(labels.SPECIAL_KINDS[special["kind"]]),
            code=special["kind"],
            text=localized(special["text"]),
            basis=localized(special["basis"]),
            stops_clock=special["stops_clock"],
            limit=labels.limit_text(special.get("limit")),
            mark=special["mark"],
            mark_text=str(labels.MARKS[special["mark"]]),
        )
        for special in stored
    )
