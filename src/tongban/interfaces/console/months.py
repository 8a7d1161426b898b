"""A year as twelve small tables: which days are off, made up, and different from what is held. Plain values."""

from __future__ import annotations

import calendar as weeks
import datetime as dt
from dataclasses import dataclass

from tongban.foundation.clock.calendar import SATURDAY
from tongban.foundation.clock.rules import Calendar
from tongban.foundation.clock.wording import holiday_text


@dataclass(frozen=True, slots=True)
class Cell:
    """A day: ``css`` holds wk (weekend), off (day off), up (make-up workday), chg (differs); ``name`` its holiday."""

    day: dt.date
    css: str
    works: bool
    name: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks, Monday first; None outside it."""

    first: dt.date
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(before: Calendar, after: Calendar, year: int) -> list[Month]:
    """Return the months of a year under ``after``, the days that differ from ``before`` marked."""
    return [
        Month(
            dt.date(year, month, 1),
            tuple(
                tuple(_cell(dt.date(year, month, day), before, after) if day else None for day in week)
                for week in weeks.Calendar().monthdayscalendar(year, month)
            ),
        )
        for month in range(1, 13)
    ]


def _cell(day: dt.date, before: Calendar, after: Calendar) -> Cell:
    works, name = after.is_workday(day), after.name(day)
    changed = before.covers(day) and before.is_workday(day) != works
    kind = "up" if works and name else "off" if name else "" if works else "wk"
    if works and day.weekday() >= SATURDAY:
        kind = "up"
    return Cell(day, f"{kind} chg".strip() if changed else kind, works, holiday_text(name) if name else "", changed)
