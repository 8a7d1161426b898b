"""Adds days of views up to weeks and months, and compares a period with the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Step(StrEnum):
    """How long one point of a trend is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class DayVisits(NamedTuple):
    """Views of one day (or of a step that begins on it)."""

    day: dt.date
    people: int
    robots: int


class Period(NamedTuple):
    """A period of whole days, both ends included."""

    since: dt.date
    until: dt.date

    @property
    def days(self) -> int:
        """Return its length."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> Period:
        """Return the period of the same length right before it."""
        return Period(self.since - dt.timedelta(days=self.days), self.since - dt.timedelta(days=1))


def first_of(day: dt.date, step: Step) -> dt.date:
    """Return the first day of the day's week (Monday) or month."""
    if step is Step.WEEK:
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day


def added_up(days: Iterable[DayVisits], step: Step) -> list[DayVisits]:
    """Return days as days, weeks or months, in the order given; the first and the last may be cut by the period."""
    found: dict[dt.date, DayVisits] = {}
    for each in days:
        first = first_of(each.day, step)
        so_far = found.get(first, DayVisits(first, 0, 0))
        found[first] = DayVisits(first, so_far.people + each.people, so_far.robots + each.robots)
    return list(found.values())


def change(now: int, before: int) -> float | None:
    """Return by how many percent a figure differs from the former one; None where there was none."""
    return round((now - before) * 100 / before, 1) if before else None


def share(part: int, whole: int) -> float:
    """Return a part in percent of the whole, 0 of nothing."""
    return round(part * 100 / whole, 1) if whole else 0.0
