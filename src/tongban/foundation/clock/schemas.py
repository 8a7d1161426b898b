"""How calendars and rules are written in a pack, and how they become plain values."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tongban.foundation.clock.rules import YearDays


class CalendarSource(BaseModel):
    """Where a year's days come from: the notice, and the data set they were taken from."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1)
    taken_from: str = ""
    number: str = ""


class CalendarFile(BaseModel):
    """One year: days off (weekend days of a holiday may be named too) and make-up workdays, by holiday."""

    model_config = ConfigDict(extra="forbid")

    year: int = Field(ge=2000, le=2200)
    jurisdiction: str = Field(default="", pattern=r"^\d{0,12}$")
    status: Literal["official", "provisional"]
    source: CalendarSource
    days_off: dict[str, list[dt.date]]
    make_up_days: dict[str, list[dt.date]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _days_make_sense(self) -> CalendarFile:
        closed = [day for days in self.days_off.values() for day in days]
        opened = [day for days in self.make_up_days.values() for day in days]
        for day in [*closed, *opened]:
            if day.year != self.year:
                msg = f"{day} 不在 {self.year} 年，请写到那一年的文件里"
                raise ValueError(msg)
        repeated = {day for day in [*closed, *opened] if [*closed, *opened].count(day) > 1}
        if repeated:
            msg = f"{min(repeated)} 写了两次，请只保留一处"
            raise ValueError(msg)
        weekdays = [day for day in opened if day.weekday() < 5 and not self.jurisdiction]
        if weekdays:
            msg = f"{weekdays[0]} 本来就是工作日，不能列为补班日"
            raise ValueError(msg)
        return self

    def year_days(self) -> YearDays:
        """Return the year as the calendar needs it."""
        return YearDays(
            self.year,
            self.status == "official",
            {day: name for name, days in self.days_off.items() for day in days},
            {day: name for name, days in self.make_up_days.items() for day in days},
        )
