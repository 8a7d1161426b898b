"""What a change of the calendar would do to running cases, and how far a recount has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, QuerySet

from tongban.engines.cases.live import affected, is_earlier, load_running, new_dates
from tongban.engines.cases.models import Case, CaseClock, Recount
from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.calendar import Calendar
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_if, place_of
from tongban.foundation.packs.localized import localized

CHUNK = 500
MOST = 4000
EXAMPLES = 8
SHOWN = ("statutory", "promised")


@dataclass(frozen=True, slots=True)
class Example:
    """A date that would move."""

    number: str
    title: str
    kind: str
    before: dt.date | None
    after: dt.date | None


@dataclass(frozen=True, slots=True)
class DryRun:
    """How many live cases would be looked at, and how many of them would get other dates.

    Beyond :data:`MOST` cases an even sample is counted, and ``moved``, ``earlier`` and ``settled`` are projected from it
    (``exact`` is false). ``settled`` are those whose date stays and is no longer provisional.
    """

    live: int
    checked: int
    moved: int
    earlier: int
    settled: int
    exact: bool
    examples: tuple[Example, ...]


def dry_run(entry: YearEntry, *, at: dt.datetime, most: int = MOST) -> DryRun:
    """Count what an arrangement would move if it took effect now; nothing is written."""
    cases = affected(jurisdiction=entry.jurisdiction, first_day=dt.date(entry.year, 1, 1))
    live = cases.count()
    step = -(-live // most) if live > most else 1
    if step > 1:
        cases = cases.annotate(place=F("pk") % step).filter(place=0)
    calendars: dict[tuple[str, bool], Calendar] = {}
    places: dict[str, str] = {}
    examples: list[Example] = []
    checked = moved = earlier = settled = last = 0
    while rows := list(cases.filter(pk__gt=last).select_related("unit", "implementation").order_by("pk")[:CHUNK]):
        last = rows[-1].pk
        for loaded in load_running(rows):
            region = loaded.case.unit.region_code
            if region not in places:
                places[region] = place_of(region)
            place = (places[region], region.startswith(entry.jurisdiction))
            if place not in calendars:
                calendars[place] = calendar_if(entry, region)
            checked += 1
            found = [
                (clock, dates.due_on) for clock, dates in new_dates(loaded, calendars[place], today=local_date(at))
            ]
            other = [(clock, due) for clock, due in found if due != clock.due_on]
            moved += bool(other)
            settled += bool(found and not other)
            earlier += any(is_earlier(clock.due_on, due) for clock, due in other)
            if other and len(examples) < EXAMPLES:
                examples.append(_example(loaded.case, other))
    scale = live / checked if checked else 1
    return DryRun(
        live, checked, round(moved * scale), round(earlier * scale), round(settled * scale), step == 1, tuple(examples)
    )


def _example(case: Case, moved: list[tuple[CaseClock, dt.date | None]]) -> Example:
    clock, due = min(moved, key=lambda each: SHOWN.index(each[0].kind) if each[0].kind in SHOWN else len(SHOWN))
    return Example(
        case.number,
        localized(case.implementation.name) if case.implementation else case.title,
        str(CaseClock.Kind(clock.kind).label),
        clock.due_on,
        due,
    )


def recounts() -> QuerySet[Recount]:
    """Return the recounts, newest first."""
    return Recount.objects.order_by("-pk")
