"""How often simpler arithmetic gives a wrong due date on the real calendars of 2023 to 2026.

``python -m tests.scale.naive_dates``: for every working day of a year as the day of the event and each usual
limit, three ways of counting beside the day-by-day truth of the package chinesecalendar.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import chinese_calendar

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from tongban.foundation.clock.rules import Limit, Unit, due_on
from tongban.foundation.clock.tests.calendars import national

YEARS = (2023, 2024, 2025, 2026)
LIMITS = (5, 10, 20, 45)
DAY = dt.timedelta(days=1)
LAST = dt.date(2026, 12, 31)
Works = Callable[[dt.date], bool]


def weekday(day: dt.date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def without_make_up(day: dt.date) -> bool:
    """Monday to Friday without the days off; make-up workdays are not known."""
    return weekday(day) and chinese_calendar.is_workday(day)


def walk(start: dt.date, count: int, works: Works) -> dt.date | None:
    """Return the ``count``-th working day after ``start``; None beyond the published years."""
    day = start
    while count:
        day += DAY
        if day > LAST:
            return None
        count -= works(day)
    return day


def ours(start: dt.date, count: int) -> dt.date:
    """Count as the platform does."""
    return due_on(start, Limit(count, Unit.WORKING_DAY), national())


def main() -> int:
    """Print the table; return how many of ours are wrong."""
    print(
        f"{'':16}{'cases':>7}{'Mon-Fri':>10}{'no make-up':>12}{'ours':>8}   worst error in days (Mon-Fri, no make-up)"
    )
    wrong_ours = 0
    for label, years, limits in [
        *((f"{figure} working days", YEARS, (figure,)) for figure in LIMITS),
        *((f"year {year}", (year,), LIMITS) for year in YEARS),
        ("all", YEARS, LIMITS),
    ]:
        cases, misses, worst = _compare(years, limits)
        shares = [f"{100 * miss / cases:.1f} %" for miss in misses]
        print(f"{label:16}{cases:>7}{shares[0]:>10}{shares[1]:>12}{shares[2]:>8}   {worst[0]}, {worst[1]}")
        wrong_ours += misses[2]
    return wrong_ours


def _compare(years: tuple[int, ...], limits: tuple[int, ...]) -> tuple[int, list[int], list[int]]:
    cases, misses, worst = 0, [0, 0, 0], [0, 0, 0]
    for year in years:
        day = dt.date(year, 1, 1)
        while day.year == year:
            for figure in limits if chinese_calendar.is_workday(day) else ():
                truth = walk(day, figure, chinese_calendar.is_workday)
                if truth is None:
                    continue
                cases += 1
                for index, found in enumerate(
                    (walk(day, figure, weekday), walk(day, figure, without_make_up), ours(day, figure))
                ):
                    off = abs(((found or LAST) - truth).days)
                    misses[index] += off > 0
                    worst[index] = max(worst[index], off)
            day += DAY
    return cases, misses, worst


if __name__ == "__main__":
    raise SystemExit(1 if main() else 0)
