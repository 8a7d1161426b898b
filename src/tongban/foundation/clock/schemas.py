"""How calendars and rules are written in a pack, and how they become plain values."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tongban.foundation.clock.rules import Unit, YearDays
from tongban.foundation.packs.localized import LocalizedText


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


class RuleSource(BaseModel):
    """A law: title, number of the order, date of the text that was read, day it came into force."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=2)
    order: str = ""
    text_date: Annotated[str, BeforeValidator(str)] = ""
    in_force: dt.date | None = None
    until: dt.date | None = None


class Citation(BaseModel):
    """Which law of the file, and its article."""

    model_config = ConfigDict(extra="forbid")

    law: str = Field(min_length=1)
    article: str = Field(min_length=1)


Evidence = Literal["V", "V2", "K"]
UnitCode = Literal["WD", "CD", "MO", "YR", "H"]
UNIT_OF = {"WD": Unit.WORKING_DAY, "CD": Unit.CALENDAR_DAY, "MO": Unit.MONTH, "YR": Unit.YEAR, "H": Unit.HOUR}
Expiry = Literal["none", "deemed_accepted", "deemed_consent", "deemed_renewed", "abandoned", "ended", "escalate"]


class Extension(BaseModel):
    """How a limit may be made longer: figure in the unit of its own, how often, on whose approval."""

    model_config = ConfigDict(extra="forbid")

    figure: int = Field(gt=0)
    unit: UnitCode
    max_times: int = Field(default=1, ge=1)
    approver: str = ""
    notify: bool = False
    evidence: Evidence = "V"


class RuleRow(BaseModel):
    """One rule in one version."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Z]{3}-\d{2}[a-z]?$")
    version: int = Field(default=1, ge=1)
    jurisdiction: str = Field(default="", pattern=r"^\d{0,12}$")
    kind: Literal["limit", "minimum", "window", "duty"] = "limit"
    bound: Literal["agency", "party", "effect"] = "agency"
    title: LocalizedText
    figure: int | None = Field(default=None, ge=0)
    unit: UnitCode | None = None
    window: tuple[str, str] | None = None
    start: str = ""
    stop: str = ""
    excluded: list[str] = Field(default_factory=list)
    extension: Extension | None = None
    on_expiry: Expiry = "none"
    overrides: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    applies_by: Literal["start_date", "event_date"] = "start_date"
    source: Citation
    evidence: Evidence
    note: LocalizedText | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> RuleRow:
        if self.kind in ("limit", "minimum") and (self.figure is None or self.unit is None):
            msg = "期限要同时写明数值和单位（WD 工作日、CD 自然日、MO 月、YR 年、H 小时）"
            raise ValueError(msg)
        if self.kind in ("window", "duty") and (self.figure is not None or self.unit is not None):
            msg = "没有数值的规则不写数值和单位"
            raise ValueError(msg)
        if (self.kind == "window") != (self.window is not None):
            msg = "期间段要写起止日期，如 window: ['01-01', '06-30']，其他类别不写"
            raise ValueError(msg)
        if self.evidence == "K" and self.on_expiry not in ("none", "escalate"):
            msg = "未核对（K）的规则不得带有自动的法律效力，请先核对条文"
            raise ValueError(msg)
        return self


class RuleFile(BaseModel):
    """The rules of one domain with the laws they come from and the words for their events."""

    model_config = ConfigDict(extra="forbid")

    domain: str = Field(pattern=r"^[a-z_]+$")
    checked_on: dt.date
    sources: dict[str, RuleSource]
    events: dict[str, LocalizedText] = Field(default_factory=dict)
    rules: list[RuleRow] = Field(min_length=1)
