"""What ``inspection/*.yaml`` of a pack may hold: the indicators that sites and columns are inspected for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.affairs.disclosure.rules.inspection import Check
from tongban.foundation.packs.localized import LocalizedText

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}-\d{2}$")]
Mark = Literal["V", "V2", "K", "proposal"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reach(_Strict):
    """When a home page counts as unreachable: the share in percent of slow or failed visits over some days."""

    days: int = Field(ge=1, le=31)
    seconds: int = Field(ge=1, le=60)
    share: float = Field(gt=0, le=100)
    least: int = Field(ge=1, description="visits a day below which nothing is said")


class Indicator(_Strict):
    """One thing that is looked for. ``veto`` findings of it fail a site; else each costs ``points``, ``most`` at most."""

    code: Code
    check: Check
    title: LocalizedText
    remedy: LocalizedText
    veto: int | None = Field(default=None, ge=1)
    points: int = Field(ge=0, le=100)
    most: int | None = Field(default=None, ge=1, le=100)
    source: str = Field(min_length=1)
    mark: Mark


class InspectionSpec(_Strict):
    """A whole set of indicators; a published version never changes."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    version: int = Field(ge=1)
    title: LocalizedText
    effective_from: dt.date
    base: int = Field(ge=1)
    pass_from: int = Field(ge=0)
    home_days: int = Field(ge=1)
    reach: Reach
    source: str = Field(min_length=1)
    mark: Mark
    indicators: tuple[Indicator, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for name in ("code", "check"):
            values = [getattr(indicator, name) for indicator in self.indicators]
            twice = {value for value in values if values.count(value) > 1}
            if twice:
                msg = f"{name} 写了两次：{'、'.join(sorted(twice))}"
                raise ValueError(msg)
        if self.pass_from > self.base:
            msg = "pass_from 不能高于 base"
            raise ValueError(msg)
        return self

    def indicator(self, check: Check) -> Indicator | None:
        """Return the indicator that a check belongs to, if this set looks for it."""
        return next((each for each in self.indicators if each.check == check), None)
