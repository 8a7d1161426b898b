"""Every case in a supervisor's scope against its limits: figures by place, and the cases behind each figure.

Lights are computed from the due dates of the open tasks, as in every inbox, so that no missed job can hide delay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from tongban.engines.cases.models import Case, CaseClock, ProcessDefinition, Task
from tongban.engines.cases.queries import InboxFilter, InboxTabs, inbox, inbox_rows, inbox_tabs
from tongban.engines.cases.rules.compiled import load
from tongban.foundation.clock.now import CHINA
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Region, Unit
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.packs.localized import localized
from tongban.foundation.text import mask

VIEW = "supervision.view"
MOST_STEPS = 8
HEAT_DAYS = 14
DAY = dt.timedelta(days=1)
BY_PLACE: tuple[str, ...] = ("case__region_path", "case__unit", "light_now")
BY_STEP: tuple[str, ...] = ("case__definition", "step", "case__status", "light_now")
OVER_LATE = Exists(
    CaseClock.objects.filter(
        case=OuterRef("pk"), late=True, kind__in=(CaseClock.Kind.STATUTORY, CaseClock.Kind.PROMISED)
    )
)


@dataclass(slots=True)
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

    def add(self, name: str, count: int) -> None:
        """Count more cases under a name."""
        setattr(self, name, getattr(self, name) + count)


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
class HeatLine:
    """A step with the number of its tasks that were closed late, day by day."""

    title: str
    cells: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the sum of the days."""
        return sum(self.cells)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A running case as supervision lists it. Persons' names are masked: the case is watched, not the applicant."""

    number: str
    title: str
    applicant: str
    unit: Unit
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
    red: tuple[CaseRow, ...]
    amber: tuple[CaseRow, ...]
    steps: tuple[StepRow, ...]
    heat_days: tuple[dt.date, ...]
    heat: tuple[HeatLine, ...]


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


def overview(actor: Actor, region: Region, *, on: dt.date, since: dt.date, limit: int = 8) -> Overview:
    """Return figures of a region, of the places directly below it, its units, and its most urgent cases.

    Running cases are counted as they stand on the day, closed ones from ``since`` on.
    """
    inside = scope(actor).filter(region_path__startswith=region.path)
    children = list(Region.objects.filter(parent=region, level__lte=Level.COUNTY).order_by("code"))
    places, by_unit = _figures(actor, inside, region, children, on=on, since=since)
    names = Unit.objects.in_bulk(by_unit)
    units = [PlaceRow(names[key].code, names[key].name, figures, is_unit=True) for key, figures in by_unit.items()]
    urgent = {light: running(actor, inside, CaseFilter(light=light), on=on) for light in ("red", "amber")}
    days, heat = _heat(inside, on)
    return Overview(
        region=region,
        trail=_trail(actor, region),
        total=_sum(places.values()),
        rows=tuple(PlaceRow(each.code, each.name, places.get(each.path, Figures())) for each in children),
        units=tuple(sorted(units, key=lambda row: (-row.figures.red, -row.figures.running, row.code))),
        since=since,
        red=tuple(case_rows(urgent["red"][:limit], on=on)),
        amber=tuple(case_rows(urgent["amber"][:limit], on=on)),
        steps=_steps(actor, inside, on),
        heat_days=days,
        heat=heat,
    )


def live(cases: QuerySet[Case]) -> QuerySet[Task]:
    """Return of each running case the task that is due first."""
    tasks = Task.objects.filter(closed_at__isnull=True, case__in=cases.filter(closed_at__isnull=True))
    chosen = tasks.order_by("case", F("due_on").asc(nulls_last=True), "state", "pk").distinct("case")
    return Task.objects.filter(pk__in=chosen.values("pk"))


def _figures(
    actor: Actor, inside: QuerySet[Case], region: Region, children: Iterable[Region], *, on: dt.date, since: dt.date
) -> tuple[dict[str, Figures], dict[int, Figures]]:
    """Count by place directly below the region (its own path stands for itself), and by unit of the region itself."""
    below = {child.path for child in children}
    depth = region.path.count("/")
    places: dict[str, Figures] = {}
    units: dict[int, Figures] = {}

    def add(path: str, unit: int, names: Iterable[str], count: int) -> None:
        place = "/".join(path.split("/")[: depth + 1]) + "/"
        own = place not in below
        held = [places.setdefault(region.path if own else place, Figures())]
        if own:
            held.append(units.setdefault(unit, Figures()))
        for figures in held:
            for name in names:
                figures.add(name, count)

    running = inbox(actor, today=on, rows=live(inside)).order_by()
    counted = running.values_list(*BY_PLACE).annotate(count=Count("pk"))
    for path, unit, light, count in counted:
        add(path, unit, ("running", light), count)
    closed = inside.filter(closed_at__gte=_midnight(since)).annotate(was_late=OVER_LATE).order_by()
    for path, unit, late, count in closed.values_list("region_path", "unit", "was_late").annotate(count=Count("pk")):
        add(path, unit, ("closed", "closed_late") if late else ("closed",), count)
    return places, units


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=CHINA)


def _titles(keys: Iterable[int]) -> dict[int, ProcessDefinition]:
    return ProcessDefinition.objects.in_bulk(set(keys))


def _title(definition: ProcessDefinition, step: str) -> str:
    return localized(load(definition.sha256, definition.compiled).title_of(step))


def _steps(actor: Actor, inside: QuerySet[Case], on: dt.date) -> tuple[StepRow, ...]:
    """Count the running cases by the step they stand at, in words; the same step of several processes counts as one."""
    rows = inbox(actor, today=on, rows=live(inside)).order_by()
    counted = list(rows.values_list(*BY_STEP).annotate(count=Count("pk")))
    definitions = _titles(definition for definition, *_rest in counted)
    found: dict[str, tuple[int, int]] = {}
    for definition, step, status, light, count in counted:
        title = _title(definitions[definition], "correction" if status == Case.Status.CORRECTION else step)
        before = found.get(title, (0, 0))
        found[title] = (before[0] + count, before[1] + (count if light == "red" else 0))
    lines = (StepRow(title, running, red) for title, (running, red) in found.items())
    return tuple(sorted(lines, key=lambda line: (-line.red, -line.running, line.title)))[:MOST_STEPS]


def _heat(inside: QuerySet[Case], on: dt.date) -> tuple[tuple[dt.date, ...], tuple[HeatLine, ...]]:
    """Return how many tasks were closed later than their step's limit, by step and working day."""
    days = tuple(_last_workdays(on))
    first = _midnight(days[0])
    recent = inside.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=first))
    late = Task.objects.filter(case__in=recent, closed_at__gte=first, late_days__gt=0)
    day = TruncDate("closed_at", tzinfo=CHINA)
    counted = list(
        late.annotate(day=day).order_by().values_list("case__definition", "step", "day").annotate(count=Count("pk"))
    )
    definitions = _titles(definition for definition, *_rest in counted)
    found: dict[str, list[int]] = {}
    for definition, step, on_day, count in counted:
        cells = found.setdefault(_title(definitions[definition], step), [0] * len(days))
        cells[max(index for index, each in enumerate(days) if each <= on_day)] += count
    lines = (HeatLine(title, tuple(cells)) for title, cells in found.items())
    return days, tuple(sorted(lines, key=lambda line: (-line.total, line.title)))


def _last_workdays(on: dt.date) -> Iterator[dt.date]:
    """Yield the last working days, oldest first, the day itself included; what happens on a day off counts to the one before."""
    calendar = calendar_for()
    found: list[dt.date] = []
    day = on
    while len(found) < HEAT_DAYS:
        if calendar.is_workday(day):
            found.append(day)
        day -= DAY
    yield from reversed(found)


def _sum(figures: Iterable[Figures]) -> Figures:
    total = Figures()
    for each in figures:
        for name in Figures.__slots__:
            total.add(name, getattr(each, name))
    return total


def _trail(actor: Actor, region: Region) -> tuple[Region, ...]:
    top = actor.unit.region_path if actor.unit else region.path
    codes = [code for code in region.path.strip("/").split("/") if code]
    found = {row.code: row for row in Region.objects.filter(code__in=codes)}
    return tuple(found[code] for code in codes if code in found and found[code].path.startswith(top))


# -- the cases behind a figure -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list; empty values do not narrow."""

    region: str = ""
    unit: str = ""
    light: str = ""
    text: str = ""


def place_of(actor: Actor, wanted: CaseFilter) -> tuple[QuerySet[Case], str]:
    """Return the cases of the place asked for within the actor's scope, and its name; none for an unknown place."""
    rows = scope(actor)
    if wanted.unit:
        unit = Unit.objects.filter(code=wanted.unit).first()
        return (rows.filter(unit=unit), unit.name) if unit else (rows.none(), "")
    region = region_for(actor, wanted.region)
    if region is None:
        return (rows.none() if wanted.region else rows), ""
    return rows.filter(region_path__startswith=region.path), region.name


def running(actor: Actor, inside: QuerySet[Case], wanted: CaseFilter, *, on: dt.date) -> QuerySet[Task]:
    """Return the running cases behind a figure, each with its most urgent task, the one due first on top."""
    rows = live(inside)
    return inbox(actor, InboxFilter(light=wanted.light, text=wanted.text), today=on, rows=rows).select_related(
        "case__unit"
    )


def tabs(actor: Actor, inside: QuerySet[Case], wanted: CaseFilter, *, on: dt.date) -> InboxTabs:
    """Count the running cases of a place by light; the parts add up to the whole."""
    return inbox_tabs(actor, InboxFilter(text=wanted.text), today=on, rows=live(inside))


def case_rows(tasks: Iterable[Task], *, on: dt.date) -> list[CaseRow]:
    """Return lines to show, with light and step in words."""
    return [
        CaseRow(
            number=row.number,
            title=row.title,
            applicant=shown_name(row.task.case),
            unit=row.task.case.unit,
            step=row.step,
            light=row.light,
            text=row.light_text,
            due_on=row.due_on,
        )
        for row in inbox_rows(tasks, today=on)
    ]


def closed_late(inside: QuerySet[Case], *, since: dt.date) -> QuerySet[Case]:
    """Return the cases closed since a day that overran their promised or statutory limit, the latest first."""
    rows = inside.filter(OVER_LATE, closed_at__gte=_midnight(since))
    return rows.select_related("unit", "implementation").order_by("-closed_at")


def shown_name(case: Case) -> str:
    """Return the applicant's name as supervision may see it: firms in full, persons masked."""
    return case.applicant_name if case.applicant_kind == "organization" else mask.name(case.applicant_name)
