"""An independent count: day by day, with the calendar of the package chinesecalendar, knowing nothing of our arrays.

It answers only what the law says: which days count, and which of them is the last. Random cases for both.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import chinese_calendar

from tongban.foundation.clock.rules import Entry, Limit, Unit

DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2004, 1, 1), dt.date(2026, 12, 31)


@dataclass(frozen=True, slots=True)
class Case:
    """A start, a limit, stops (first and last uncounted day, whether resumption restarts), extensions by day."""

    start: dt.date
    limit: Limit
    stops: tuple[tuple[dt.date, dt.date, bool], ...]
    extensions: tuple[tuple[dt.date, int], ...]

    def ledger(self) -> list[Entry]:
        """Return the case as a ledger, in order of days; on one day extensions come last."""
        entries: list[tuple[dt.date, int, Entry]] = []
        for first, last, restarts in self.stops:
            entries.append((first, 1, Entry("stop", first)))
            means = "restart" if restarts else "continue"
            entries.append((last, 2, Entry("resume", last, resumption=means)))  # type: ignore[arg-type]
        for day, figure in self.extensions:
            entries.append((day, 3, Entry("extend", day, extra=Limit(figure, self.limit.unit))))
        ordered = sorted(entries, key=lambda each: each[:2])
        return [Entry("start", self.start), *(entry for _day, _rank, entry in ordered)]


def due(case: Case) -> dt.date | None:
    """Walk the days and return the due day; None beyond the package's years."""
    anchor = case.start
    figure = case.limit.figure
    for _first, last, restarts in case.stops:
        if restarts:
            anchor = last
    figure += sum(more for day, more in case.extensions if anchor == case.start or day >= anchor)
    target = _length(anchor, figure, case.limit.unit)
    if target == 0:
        return anchor
    day, count = anchor, 0
    while count < target:
        day += DAY
        if day > LAST:
            return None
        if any(first <= day <= last for first, last, _restarts in case.stops):
            continue
        if case.limit.unit is not Unit.WORKING_DAY or chinese_calendar.is_workday(day):
            count += 1
    while case.limit.unit is Unit.CALENDAR_DAY and not chinese_calendar.is_workday(day):
        day += DAY
        if day > LAST:
            return None
    return day


def _length(anchor: dt.date, figure: int, unit: Unit) -> int:
    if unit is not Unit.MONTH:
        return figure
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + figure, 12)
    day = anchor.day
    while True:
        try:
            return (dt.date(year, month + 1, day) - anchor).days
        except ValueError:
            day -= 1


def random_case(rng: random.Random) -> Case:
    """Return a case whose count should end before the package's years do."""
    start = FIRST + DAY * rng.randrange((LAST - FIRST).days - 400)
    unit = rng.choice([Unit.WORKING_DAY, Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH])
    limit = Limit(
        rng.randrange(1, 7) if unit is Unit.MONTH else rng.choice([0, 1, 3, 5, 7, 10, 15, 20, 30, 45, 60]), unit
    )
    stops: list[tuple[dt.date, dt.date, bool]] = []
    day = start
    for _round in range(rng.choice([0, 0, 1, 1, 2, 3])):
        first = day + DAY * rng.randrange(1, 20)
        last = first + DAY * rng.randrange(30)
        stops.append((first, last, rng.random() < 0.25))
        day = last + DAY
    more = 2 if unit is Unit.MONTH else 15
    extensions = tuple((day + DAY * index, rng.randrange(1, more)) for index in range(rng.choice([0, 0, 1, 2])))
    return Case(start, limit, tuple(stops), extensions)
