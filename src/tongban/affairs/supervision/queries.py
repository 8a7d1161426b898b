"""Every running case in a supervisor's scope against its limits: figures by place, and the cases behind each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Least, Left

from tongban.engines.cases.models import Case, CaseClock, ProcessDefinition
from tongban.engines.cases.queries.inbox import light_text
from tongban.engines.cases.rules.compiled import load
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Calendar
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Region, Unit
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.packs.localized import localized
from tongban.foundation.text import mask

VIEW = "supervision.view"
MOST_STEPS = 8
OVER_LATE = Exists(
    CaseClock.objects.filter(
        case=OuterRef("pk"), late=True, kind__in=(CaseClock.Kind.STATUTORY, CaseClock.Kind.PROMISED)
    )
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one place: running cases by light, cases closed in the period, and how many of them late."""

    running: int = 0
    red: int = 0
    amber: int = 0
    green: int = 0
    paused: int = 0
    closed: int = 0
    closed_late: int = 0

    @property
    def on_time(self) -> float | None:
        """Return the on-time rate in percent: closed on time ÷ (closed + open overdue); ``None`` without cases."""
        base = self.closed + self.red
        return round(100 * (self.closed - self.closed_late) / base, 1) if base else None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One line of the table: a region or a unit with its figures, and what its link must carry."""

    code: str
    name: str
    figures: Figures
    is_unit: bool = False


@dataclass(frozen=True, slots=True)
class StepRow:
    """How many running cases stand at a step, and how many of them are overdue."""

    title: str
    running: int
    red: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A running case as supervision lists it. Persons' names are masked: the case is watched, not the applicant."""

    case: Case
    title: str
    applicant: str
    step: str
    light: str
    text: str
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The supervisor's first screen for one region."""

    region: Region
    trail: tuple[Region, ...]
    total: Figures
    rows: tuple[PlaceRow, ...]
    units: tuple[PlaceRow, ...]
    since: dt.date
    red: tuple[CaseRow, ...] = ()
    amber: tuple[CaseRow, ...] = ()
    steps: tuple[StepRow, ...] = ()


def scope(actor: Actor) -> QuerySet[Case]:
    """Return the cases in an actor's scope of supervision."""
    return visible(actor, VIEW, Case.objects.all())


def region_for(actor: Actor, code: str = "") -> Region | None:
    """Return the region asked for if it lies in the actor's scope, else ``None``; without a code the actor's own."""
    unit = actor.unit
    if unit is None:
        return None
    rows = Region.objects.filter(path__startswith=unit.region_path, level__lte=Level.COUNTY)
    return rows.filter(code=code).first() if code else rows.filter(path=unit.region_path).first()


def overview(actor: Actor, region: Region, *, on: dt.date, limit: int = 10) -> Overview:
    """Return figures of a region, of the places directly below it, and its most urgent cases.

    Closed cases are counted from the first day of the month; running ones as they stand.
    """
    since = on.replace(day=1)
    inside = scope(actor).filter(region_path__startswith=region.path)
    children = list(Region.objects.filter(parent=region, level__lte=Level.COUNTY).order_by("code"))
    by_place = _by(inside, Left("region_path", len(region.path) + 7), since)
    own = by_place.pop(region.path, Figures())
    rows = tuple(PlaceRow(child.code, child.name, by_place.get(child.path, Figures())) for child in children)
    by_unit = _by(inside.filter(region_path=region.path), "unit_id", since)
    names = Unit.objects.in_bulk(by_unit)
    units = tuple(
        PlaceRow(names[key].code, names[key].name, figures, is_unit=True)
        for key, figures in sorted(by_unit.items(), key=lambda pair: (-pair[1].red, -pair[1].running))
    )
    running = most_urgent(inside)
    return Overview(
        region=region,
        trail=_trail(actor, region),
        total=_sum([own, *(row.figures for row in rows)]),
        rows=rows,
        units=units,
        since=since,
        red=tuple(case_rows(running.filter(light="red")[:limit], on=on)),
        amber=tuple(case_rows(running.filter(light="amber")[:limit], on=on)),
        steps=_steps(inside),
    )


def most_urgent(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Return the running cases, the one due first on top; those without any due date last."""
    due = Least("step_due_on", "promised_due_on", "statutory_due_on")
    return (
        rows.filter(closed_at__isnull=True)
        .select_related("unit", "unit__region", "definition", "implementation")
        .order_by("paused", due.asc(nulls_last=True), "pk")
    )


def case_rows(cases: Iterable[Case], *, on: dt.date) -> list[CaseRow]:
    """Return lines to show, with the light and the step in words."""
    calendar = calendar_for()
    return [_case_row(case, calendar, on) for case in cases]


def _case_row(case: Case, calendar: Calendar, on: dt.date) -> CaseRow:
    steps = step_title(case.definition, case.open_steps)
    due = case.promised_due_on or case.statutory_due_on
    own = case.step_due_on
    late_step = own is not None and own < on and (due is None or due >= on)
    shown = own if late_step or due is None else due
    organization = case.applicant_kind == "organization"
    return CaseRow(
        case=case,
        title=localized(case.implementation.name) if case.implementation else case.title,
        applicant=case.applicant_name if organization else mask.name(case.applicant_name),
        step=steps,
        light=case.light,
        text=light_text(case.light, shown, own, calendar, on, paused_for=steps),
        due_on=None if case.light == "paused" else shown,
    )


def step_title(definition: ProcessDefinition, open_steps: str) -> str:
    """Return the open steps of a case in words."""
    compiled = load(definition.sha256, definition.compiled)
    return "、".join(localized(compiled.title_of(code)) for code in open_steps.split())


def _steps(inside: QuerySet[Case]) -> tuple[StepRow, ...]:
    rows = list(
        inside.filter(closed_at__isnull=True)
        .values_list("definition", "open_steps")
        .annotate(running=Count("pk"), red=Count("pk", filter=Q(light="red")))
        .order_by()
    )
    definitions = ProcessDefinition.objects.in_bulk({definition for definition, *_rest in rows})
    found: dict[str, tuple[int, int]] = {}
    for definition, codes, running, red in rows:
        title = step_title(definitions[definition], codes) or localized(definitions[definition].title)
        before = found.get(title, (0, 0))
        found[title] = (before[0] + running, before[1] + red)
    lines = (StepRow(title, running, red) for title, (running, red) in found.items())
    return tuple(sorted(lines, key=lambda line: (-line.red, -line.running, line.title)))[:MOST_STEPS]


def _by(rows: QuerySet[Case], key: Any, since: dt.date) -> dict[Any, Figures]:
    """Count by a key: running cases from the partial index, closed ones of the period apart."""
    found: dict[Any, dict[str, int]] = {}
    running = rows.filter(closed_at__isnull=True).annotate(place=key if not isinstance(key, str) else _column(key))
    for place, light, count in running.values_list("place", "light").annotate(count=Count("pk")).order_by():
        line = found.setdefault(place, {})
        line["running"] = line.get("running", 0) + count
        if light in ("red", "amber", "green", "paused"):
            line[light] = count
    closed = rows.filter(closed_at__date__gte=since).annotate(place=key if not isinstance(key, str) else _column(key))
    counted = (
        closed.annotate(was_late=OVER_LATE).values_list("place", "was_late").annotate(count=Count("pk")).order_by()
    )
    for place, was_late, count in counted:
        line = found.setdefault(place, {})
        line["closed"] = line.get("closed", 0) + count
        if was_late:
            line["closed_late"] = count
    return {place: Figures(**line) for place, line in found.items()}


def _column(name: str) -> Any:
    from django.db.models import F

    return F(name)


def _sum(figures: Iterable[Figures]) -> Figures:
    total: dict[str, int] = {}
    for each in figures:
        for name in Figures.__slots__:
            total[name] = total.get(name, 0) + getattr(each, name)
    return Figures(**total)


def _trail(actor: Actor, region: Region) -> tuple[Region, ...]:
    top = actor.unit.region_path if actor.unit else region.path
    codes = [code for code in region.path.strip("/").split("/") if code]
    found = {row.code: row for row in Region.objects.filter(code__in=codes)}
    return tuple(found[code] for code in codes if code in found and found[code].path.startswith(top))


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list; empty values do not narrow."""

    region: str = ""
    unit: str = ""
    light: str = ""
    text: str = ""


def cases(actor: Actor, wanted: CaseFilter) -> QuerySet[Case]:
    """Return the running cases behind a figure, the most urgent first."""
    rows = scope(actor).filter(closed_at__isnull=True)
    if wanted.region:
        path = Region.objects.filter(code=wanted.region).values_list("path", flat=True).first()
        rows = rows.filter(region_path__startswith=path) if path else rows.none()
    if wanted.unit:
        rows = rows.filter(unit__code=wanted.unit)
    if wanted.light:
        rows = rows.filter(light=wanted.light)
    if wanted.text:
        rows = rows.filter(
            Q(number__startswith=wanted.text) | Q(title__contains=wanted.text) | Q(applicant_name__contains=wanted.text)
        )
    return most_urgent(rows)
