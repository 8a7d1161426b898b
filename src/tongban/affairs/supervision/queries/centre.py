"""The supervision centre's first screen: every figure from rows counted ahead, so that no live case is scanned.

A place is a region with all below it, or one unit. Officials who watch a whole region read its own rows; a head, who
watches some units of it, gets the same from those units' rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet, Sum

from tongban.affairs.supervision import rollup_sql
from tongban.affairs.supervision.models import (
    DayFigure,
    LiveFigure,
    PlaceDayFigure,
    PlaceLiveFigure,
    PlaceStepDayFigure,
    RollupState,
    StepDayFigure,
)
from tongban.affairs.supervision.permissions import VIEW
from tongban.affairs.supervision.queries import rollups
from tongban.engines.cases.loading import compiled_definition, published
from tongban.engines.cases.models import Case, Task
from tongban.engines.catalog.models import Implementation, StandardItem
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Region, Unit
from tongban.foundation.organizations.permissions import scopes
from tongban.foundation.organizations.roles import Scope
from tongban.foundation.packs.localized import localized

M = TypeVar("M", bound=Model)
MOST_STEPS = 8
MOST_ITEMS = 12
HEAT_DAYS = 14
SERIES_DAYS = 30
DAY = dt.timedelta(days=1)
LIGHTS = ("red", "amber", "paused", "green")
NOTHING = dict.fromkeys(rollup_sql.MEASURES, 0)


@dataclass(slots=True)
class Figures:
    """Counts of one place: running cases by light now, and what happened in the period (see ``Measures``)."""

    running: int = 0
    red: int = 0
    amber: int = 0
    green: int = 0
    paused: int = 0
    overdue: int = 0
    done: dict[str, int] = field(default_factory=lambda: dict(NOTHING))

    @property
    def closed(self) -> int:
        """Return how many cases were closed in the period."""
        return self.done["completions"]

    @property
    def closed_late(self) -> int:
        """Return how many of them were late."""
        return self.done["late"]

    @property
    def on_time(self) -> float | None:
        """Return the on-time rate in percent: closed on time ÷ (closed + open overdue); ``None`` without cases."""
        base = self.done["judged"] + self.overdue
        return round(100 * (self.done["judged"] - self.done["late"]) / base, 1) if base else None

    @property
    def special_average(self) -> float | None:
        """Return the working days a special procedure took on average."""
        return round(self.done["special_days"] / self.done["specials"], 1) if self.done["specials"] else None

    @property
    def handling_average(self) -> float | None:
        """Return the working days that closed cases took on average, as the promise counts them."""
        return round(self.done["handling_days"] / self.done["handled"], 1) if self.done["handled"] else None

    def stand(self, light: str, running: int, overdue: int) -> None:
        """Add running cases under a light."""
        self.running += running
        self.overdue += overdue
        setattr(self, light, getattr(self, light) + running)

    def happened(self, measures: Iterable[int]) -> None:
        """Add what happened, in the order of ``MEASURES``."""
        for name, figure in zip(rollup_sql.MEASURES, measures, strict=True):
            self.done[name] += figure or 0


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One line of a table: a region, a unit or an item with its figures, and what its link must carry."""

    code: str
    name: str
    figures: Figures
    is_unit: bool = False


@dataclass(frozen=True, slots=True)
class StepRow:
    """How many running cases stand at a step, by light. ``codes`` are the steps of that name in the processes."""

    title: str
    codes: tuple[str, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class SlowStep:
    """How a step went in the period: finished tasks, how many of them late, and working days on average."""

    title: str
    finished: int
    late: int
    average: float

    @property
    def share(self) -> float:
        """Return how many in a hundred were late."""
        return round(100 * self.late / self.finished, 1)


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
class DayPoint:
    """One day of the series."""

    day: dt.date
    arrivals: int
    completions: int


@dataclass(frozen=True, slots=True)
class Place:
    """What a screen is about: a region, or one unit of it."""

    region: Region
    unit: Unit | None = None

    @property
    def name(self) -> str:
        """Return its name."""
        return self.unit.title if self.unit else self.region.title


@dataclass(frozen=True, slots=True)
class Centre:
    """Everything the first screen shows for one place."""

    place: Place
    trail: tuple[Region, ...]
    state: RollupState
    unchecked: int
    since: dt.date
    total: Figures
    rows: tuple[PlaceRow, ...]
    units: tuple[PlaceRow, ...]
    items: tuple[PlaceRow, ...]
    steps: tuple[StepRow, ...]
    slow: tuple[SlowStep, ...]
    days: tuple[DayPoint, ...]
    heat_days: tuple[dt.date, ...]
    heat: tuple[HeatLine, ...]


def centre(actor: Actor, place: Place, *, on: dt.date, since: dt.date) -> Centre:
    """Return the figures of a place, of what lies directly below it, its items, steps and days."""
    seen = Seen(actor, place)
    children = [] if place.unit else list(Region.objects.filter(parent=place.region, level__lte=Level.COUNTY))
    below, units = _places(seen, sorted(children, key=lambda each: each.code), since=since, until=on)
    days, heat = _heat(seen, on)
    if place.unit:
        total = next((row.figures for row in units), Figures())
    else:
        total = _total([*(row.figures for row in below), *(row.figures for row in units)])
    return Centre(
        place=place,
        trail=_trail(actor, place.region),
        state=rollups.state(),
        unchecked=Case.objects.filter(closed_at__isnull=True, next_check_on__lte=on).count(),
        since=since,
        total=total,
        rows=tuple(below),
        units=() if place.unit else tuple(units),
        items=tuple(_items(seen, since=since, until=on)),
        steps=tuple(_steps(seen)),
        slow=tuple(_slow(seen, since=since, until=on)),
        days=tuple(_series(seen, on)),
        heat_days=days,
        heat=heat,
    )


def place_for(actor: Actor, *, region: str = "", unit: str = "") -> Place | None:
    """Return the place asked for if it lies in the actor's scope, else ``None``; without codes the actor's own region."""
    if unit:
        found = Unit.objects.select_related("region").filter(code=unit).first()
        return Place(found.region, found) if found is not None and _watches(actor, found) else None
    place = region_for(actor, region)
    return Place(place) if place is not None else None


def region_for(actor: Actor, code: str = "") -> Region | None:
    """Return the region asked for if it lies in the actor's scope, else ``None``; without a code the actor's own.

    A head of a town's unit starts from the county: what is counted there is narrowed to the head's own units.
    """
    unit = actor.unit
    if unit is None:
        return None
    rows = Region.objects.filter(level__lte=Level.COUNTY)
    if code:
        return rows.filter(code=code, path__startswith=unit.region_path).first()
    if watches_whole_regions(actor):
        return rows.filter(path=unit.region_path).first()
    around = [code for code in unit.region_path.strip("/").split("/") if code]
    return rows.filter(code__in=around).order_by("-level").first()


def watches_whole_regions(actor: Actor) -> bool:
    """Tell whether the actor watches every unit of the own region, or (a head) only the own units."""
    return bool(scopes(actor, VIEW.code) & {Scope.REGION, Scope.ANY})


def _watches(actor: Actor, unit: Unit) -> bool:
    if actor.unit is None or not scopes(actor, VIEW.code):
        return False
    if watches_whole_regions(actor):
        return unit.region_path.startswith(actor.unit.region_path)
    return unit.path.startswith(actor.unit.path)


@dataclass(frozen=True, slots=True)
class Seen:
    """A place as an actor sees it: which rows of each table speak of it."""

    actor: Actor
    place: Place

    @property
    def whole(self) -> bool:
        """Tell whether the region's own rows may be used."""
        return self.place.unit is None and watches_whole_regions(self.actor)

    def units(self) -> QuerySet[Unit]:
        """Return the units in it that the actor watches."""
        if self.place.unit is not None:
            return Unit.objects.filter(pk=self.place.unit.pk)
        rows = Unit.objects.filter(region_path__startswith=self.place.region.path)
        if self.whole or self.actor.unit is None:
            return rows
        return rows.filter(path__startswith=self.actor.unit.path)

    def narrow(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Narrow rows with a ``unit`` to those units."""
        if self.place.unit is not None:
            return rows.filter(unit=self.place.unit.pk)
        if self.place.region.level == Level.PROVINCE and self.whole:
            return rows
        return rows.filter(unit__in=self.units())


def _places(
    seen: Seen, children: Sequence[Region], *, since: dt.date, until: dt.date
) -> tuple[list[PlaceRow], list[PlaceRow]]:
    """Return figures by region directly below, and by unit of what lies in none of them."""
    below = {child.path: Figures() for child in children}
    depth = seen.place.region.path.count("/")
    own: dict[int, Figures] = {}

    def held(path: str, unit: int) -> Figures:
        child = "/".join(path.split("/")[: depth + 1]) + "/"
        return below[child] if child in below else own.setdefault(unit, Figures())

    period = Q(day__range=(since, until))
    sums = [Sum(name, default=0) for name in rollup_sql.MEASURES]
    live, rest = seen.narrow(LiveFigure.objects.all()), seen.narrow(DayFigure.objects.filter(period))
    if seen.whole:
        standing = PlaceLiveFigure.objects.filter(region_path__in=list(below)).values_list("region_path", "light")
        for path, light, running, overdue in standing.annotate(Sum("running"), Sum("overdue")):
            below[path].stand(light, running, overdue)
        done = PlaceDayFigure.objects.filter(period, region_path__in=list(below))
        for path, *measures in done.values_list("region_path").annotate(*sums):
            below[path].happened(measures)
        inside = Unit.objects.filter(region_path__startswith=seen.place.region.path)
        elsewhere = reduce(or_, (Q(region_path__startswith=path) for path in below), Q(pk__in=[]))
        own_units = list(inside.exclude(elsewhere).values_list("pk", flat=True))
        live, rest = live.filter(unit__in=own_units), rest.filter(unit__in=own_units)
    rows_now = live.values_list("region_path", "unit", "light")
    for path, unit, light, running, overdue in rows_now.annotate(Sum("running"), Sum("overdue")):
        held(path, unit).stand(light, running, overdue)
    for path, unit, *measures in rest.values_list("unit__region_path", "unit").annotate(*sums):
        held(path, unit).happened(measures)
    names = Unit.objects.in_bulk(own)
    units = [PlaceRow(names[key].code, names[key].title, figures, is_unit=True) for key, figures in own.items()]
    rows = [PlaceRow(child.code, child.title, below[child.path]) for child in children]
    return rows, sorted(units, key=lambda row: (-row.figures.red, -row.figures.running, row.code))


def _items(seen: Seen, *, since: dt.date, until: dt.date) -> Iterator[PlaceRow]:
    """Yield items with running cases, those with most red first: of a unit its own, of a region the standard ones."""
    key = "implementation" if seen.place.unit else "implementation__standard_item"
    live: QuerySet[Any] = seen.narrow(LiveFigure.objects.filter(implementation__isnull=False))
    if seen.whole:
        key = "standard_item"
        live = PlaceLiveFigure.objects.filter(region_path=seen.place.region.path, standard_item__isnull=False)
    found: dict[int, Figures] = {}
    for item, light, running, overdue in live.values_list(key, "light").annotate(Sum("running"), Sum("overdue")):
        found.setdefault(item, Figures()).stand(light, running, overdue)
    if seen.place.unit:
        rows = seen.narrow(DayFigure.objects.filter(day__range=(since, until), implementation__isnull=False))
        for item, *measures in rows.values_list(key).annotate(*(Sum(name) for name in rollup_sql.MEASURES)):
            found.setdefault(item, Figures()).happened(measures)
    order = sorted(found.items(), key=lambda pair: (-pair[1].red, -pair[1].running, -pair[1].closed, pair[0]))
    model: Any = Implementation if seen.place.unit else StandardItem
    shown = order if seen.place.unit else order[:MOST_ITEMS]
    names = {
        pk: (code, name)
        for pk, code, name in model.objects.filter(pk__in=dict(shown)).values_list("pk", "code", "name")
    }
    for item, figures in shown:
        code, name = names[item]
        yield PlaceRow(code, localized(name), figures)


def _title(definition: int, step: str) -> str:
    return localized(compiled_definition(published(definition)).title_of(step))


def _steps(seen: Seen) -> list[StepRow]:
    """Count the running cases by the step they stand at; the same step of several processes counts as one."""
    live: QuerySet[Any] = seen.narrow(LiveFigure.objects.all())
    if seen.whole:
        live = PlaceLiveFigure.objects.filter(region_path=seen.place.region.path)
    rows = live.values_list("definition", "step", "light")
    found: dict[str, tuple[set[str], Figures]] = {}
    for definition, step, light, running, overdue in rows.annotate(Sum("running"), Sum("overdue")):
        codes, figures = found.setdefault(_title(definition, step), (set(), Figures()))
        codes.add(step)
        figures.stand(light, running, overdue)
    lines = (StepRow(title, tuple(sorted(codes)), figures) for title, (codes, figures) in found.items())
    return sorted(lines, key=lambda row: (-row.figures.running, -row.figures.red, row.title))[:MOST_STEPS]


def _step_days(seen: Seen, *, since: dt.date, until: dt.date) -> QuerySet[Any]:
    if seen.whole:
        return PlaceStepDayFigure.objects.filter(region_path=seen.place.region.path, day__range=(since, until))
    return seen.narrow(StepDayFigure.objects.filter(day__range=(since, until)))


def _slow(seen: Seen, *, since: dt.date, until: dt.date) -> list[SlowStep]:
    """Return the steps that took longest on average in the period."""
    rows = _step_days(seen, since=since, until=until).values_list("definition", "step")
    found: dict[str, list[int]] = {}
    for definition, step, *figures in rows.annotate(Sum("finished"), Sum("late"), Sum("days")):
        held = found.setdefault(_title(definition, step), [0, 0, 0])
        for place, figure in enumerate(figures):
            held[place] += figure
    lines = (
        SlowStep(title, finished, late, round(days / finished, 1)) for title, (finished, late, days) in found.items()
    )
    return sorted(lines, key=lambda line: (-line.average, -line.late, line.title))[:MOST_STEPS]


def _series(seen: Seen, on: dt.date) -> Iterator[DayPoint]:
    """Yield arrivals and completions of the last days, oldest first."""
    first = on - DAY * (SERIES_DAYS - 1)
    rows: QuerySet[Any]
    if seen.whole:
        rows = PlaceDayFigure.objects.filter(region_path=seen.place.region.path, day__range=(first, on))
    else:
        rows = seen.narrow(DayFigure.objects.filter(day__range=(first, on)))
    found = {
        day: (arrivals, completions)
        for day, arrivals, completions in rows.values_list("day").annotate(Sum("arrivals"), Sum("completions"))
    }
    for number in range(SERIES_DAYS):
        day = first + DAY * number
        yield DayPoint(day, *found.get(day, (0, 0)))


def _heat(seen: Seen, on: dt.date) -> tuple[tuple[dt.date, ...], tuple[HeatLine, ...]]:
    """Return how many tasks were closed later than their step's limit, by step and working day."""
    days = tuple(_last_workdays(on))
    rows = _step_days(seen, since=days[0], until=on).filter(late__gt=0).values_list("definition", "step", "day")
    found: dict[str, list[int]] = {}
    for definition, step, day, late in rows.annotate(Sum("late")):
        cells = found.setdefault(_title(definition, step), [0] * len(days))
        cells[max(index for index, each in enumerate(days) if each <= day)] += late
    lines = (HeatLine(title, tuple(cells)) for title, cells in found.items())
    return days, tuple(sorted(lines, key=lambda line: (-line.total, line.title)))


def _last_workdays(on: dt.date) -> Iterator[dt.date]:
    """Yield the last working days, oldest first; what happens on a day off counts to the one before."""
    calendar = calendar_for()
    found: list[dt.date] = []
    day = on
    while len(found) < HEAT_DAYS:
        if calendar.is_workday(day):
            found.append(day)
        day -= DAY
    yield from reversed(found)


def _total(figures: Iterable[Figures]) -> Figures:
    total = Figures()
    for each in figures:
        for light in LIGHTS:
            total.stand(light, getattr(each, light), 0)
        total.overdue += each.overdue
        total.happened(each.done.values())
    return total


def _trail(actor: Actor, region: Region) -> tuple[Region, ...]:
    top = actor.unit.region_path if actor.unit else region.path
    codes = [code for code in region.path.strip("/").split("/") if code]
    found = {row.code: row for row in Region.objects.filter(code__in=codes)}
    return tuple(found[code] for code in codes if code in found and found[code].path.startswith(top))


def first_due(cases: Iterable[int], *, unit: Unit | None = None) -> dict[int, Task]:
    """Return of each running case the task that is due first (of those of a unit, if one is given)."""
    rows = Task.objects.filter(case__in=list(cases), closed_at__isnull=True)
    if unit is not None:
        rows = rows.filter(unit=unit)
    chosen = rows.order_by("case", F("due_on").asc(nulls_last=True), "state", "pk").distinct("case")
    return {task.case_id: task for task in chosen}
