"""A working-day calendar as ordinal arrays: every question is one or two look-ups."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tongban.foundation.clock.limits import BeyondHorizonError, ClockError

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class YearDays:
    """One year: which days differ from the week, with the holiday's name, and whether the arrangement is published.

    ``closed`` are days off, ``open`` are make-up workdays (days the week would rest).
    """

    year: int
    official: bool
    closed: Mapping[dt.date, str] = field(default_factory=dict)
    open: Mapping[dt.date, str] = field(default_factory=dict)


class Calendar:
    """Working days of an unbroken run of years in one jurisdiction.

    :raises ClockError: ``calendar.empty`` without years, ``calendar.gap`` if a year is missing in between
    """

    def __init__(self, years: Iterable[YearDays], *, jurisdiction: str = "") -> None:
        """Lay the years out as arrays."""
        ordered = sorted(years, key=lambda each: each.year)
        if not ordered:
            raise ClockError("calendar.empty")
        for before, after in zip(ordered, ordered[1:], strict=False):
            if after.year != before.year + 1:
                raise ClockError("calendar.gap", year=before.year + 1)
        self.jurisdiction = jurisdiction
        self.first = dt.date(ordered[0].year, 1, 1)
        self.last = dt.date(ordered[-1].year, 12, 31)
        self._official = {each.year for each in ordered if each.official}
        self._notes: dict[dt.date, str] = {}
        self._base = self.first.toordinal()
        self._upto = array("l")  # working days from the first day up to and including this one
        self._days = array("l")  # ordinals of the working days
        for each in ordered:
            self._notes.update(each.closed)
            self._notes.update(each.open)
            self._lay(each)

    def _lay(self, each: YearDays) -> None:
        for ordinal in range(dt.date(each.year, 1, 1).toordinal(), dt.date(each.year, 12, 31).toordinal() + 1):
            day = dt.date.fromordinal(ordinal)
            works = day not in each.closed if day.weekday() < SATURDAY else day in each.open
            if works:
                self._days.append(ordinal)
            self._upto.append(len(self._days))

    def _index(self, day: dt.date) -> int:
        index = day.toordinal() - self._base
        if not 0 <= index < len(self._upto):
            raise BeyondHorizonError("calendar.horizon", day=day, first=self.first.year, last=self.last.year)
        return index

    def covers(self, day: dt.date) -> bool:
        """Tell whether the calendar knows a day."""
        return self.first <= day <= self.last

    def is_workday(self, day: dt.date) -> bool:
        """Tell whether offices work on a day.

        :raises BeyondHorizonError: outside the years held
        """
        index = self._index(day)
        return self._upto[index] > (self._upto[index - 1] if index else 0)

    def is_official(self, day: dt.date) -> bool:
        """Tell whether the arrangement of the day's year is published."""
        return day.year in self._official

    def name(self, day: dt.date) -> str:
        """Return the holiday for which a day is off or made up for, else an empty text."""
        return self._notes.get(day, "")

    def add_working_days(self, start: dt.date, count: int) -> dt.date:
        """Return the ``count``-th working day after ``start`` (before it, if negative); zero gives ``start``.

        :raises BeyondHorizonError: if it lies outside the years held
        """
        if count == 0:
            return start
        index = self._index(start)
        before = self._upto[index - 1] if index else 0
        position = self._upto[index] + count - 1 if count > 0 else before + count
        if not 0 <= position < len(self._days):
            edge = self.last if count > 0 else self.first
            raise BeyondHorizonError("calendar.horizon", day=edge, first=self.first.year, last=self.last.year)
        return dt.date.fromordinal(self._days[position])

    def next_workday(self, day: dt.date) -> dt.date:
        """Return the day itself if offices work on it, else the first working day after it.

        :raises BeyondHorizonError: if it lies outside the years held
        """
        return day if self.is_workday(day) else self.add_working_days(day, 1)

    def working_days_between(self, after: dt.date, until: dt.date) -> int:
        """Return the number of working days later than ``after`` and not later than ``until`` (negative if reversed).

        :raises BeyondHorizonError: if one of them lies outside the years held
        """
        return self._upto[self._index(until)] - self._upto[self._index(after)]

    def all_official(self, first: dt.date, last: dt.date) -> bool:
        """Tell whether every year that the days from ``first`` to ``last`` touch is published."""
        return all(year in self._official for year in range(first.year, last.year + 1))
