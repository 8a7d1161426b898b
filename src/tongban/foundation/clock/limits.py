"""Units and limits: a figure never travels without its unit."""

from __future__ import annotations

import calendar as months
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """How a period is counted. The same character 日 means different things in different laws, so it is never inferred."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    YEAR = "year"
    HOUR = "hour"


class ClockError(ValueError):
    """A count that cannot be made.

    ``code`` is stable and ``params`` fill its sentence; :func:`tongban.foundation.clock.wording.say` says it in the
    reader's language.
    """

    def __init__(self, code: str, **params: object) -> None:
        """Keep the code and what fills its sentence."""
        self.code = code
        self.params = params
        super().__init__(f"{code} {params}" if params else code)


class LedgerError(ClockError):
    """The entries of a clock do not follow one another."""


class BeyondHorizonError(ClockError):
    """A day lies outside the years for which a calendar (official or provisional) is held."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A period: figure and unit.

    :raises ClockError: ``limit.negative`` if the figure is below zero
    """

    figure: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse a figure below zero and accept a unit given as text."""
        object.__setattr__(self, "unit", Unit(self.unit))
        if self.figure < 0:
            raise ClockError("limit.negative", figure=self.figure)

    def longer_by(self, extra: Limit) -> Limit:
        """Return the limit with an extension of the same unit added.

        :raises ClockError: ``limit.units`` if the units differ
        """
        if extra.unit != self.unit:
            raise ClockError("limit.units", unit=self.unit.value, extra=extra.unit.value)
        return Limit(self.figure + extra.figure, self.unit)


def add_months(day: dt.date, count: int) -> dt.date:
    """Return the same day number so many months later, else the last day of that month (CNT-06)."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    last = months.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def promise_fits(promised: Limit, statutory: Limit) -> bool:
    """Tell whether a promised period can never end later than the statutory one.

    Different units are only comparable where that is certain: calendar days within as many working days.
    """
    if promised.unit == statutory.unit:
        return promised.figure <= statutory.figure
    certain = promised.unit is Unit.CALENDAR_DAY and statutory.unit is Unit.WORKING_DAY
    return certain and promised.figure <= statutory.figure
