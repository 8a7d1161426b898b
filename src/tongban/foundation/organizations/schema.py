"""What the ``regions.csv`` and ``units/*.yaml`` of a pack may say."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from tongban.foundation.organizations.rules import LEVELS, PLACEHOLDERS, placeholders
from tongban.foundation.packs.localized import LocalizedText
from tongban.foundation.text.identifiers import IdentifierError, credit_code

RegionCode = Annotated[str, StringConstraints(pattern=r"^\d{6}(\d{3}){0,2}$")]
LineCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{2,63}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RegionRow(_Strict):
    """One line of ``regions.csv``: GB/T 2260 code (6 digits to county, 9 town, 12 village), name, level 1–6, parent."""

    code: RegionCode
    name: Text
    level: int = Field(ge=1, le=6)
    parent: RegionCode | None = None

    @field_validator("parent", mode="before")
    @classmethod
    def _no_parent(cls, value: object) -> object:
        return value or None


class Romanization(_Strict):
    """``romanization.yaml``: what the common readings of characters do not give for the names of this pack's regions.

    ``readings`` holds words (or characters) with their syllables, such as ``黄陂: huang pi``; ``names`` whole English names
    by region code.
    """

    readings: dict[Text, Annotated[str, StringConstraints(pattern=r"^[a-zü]+( [a-zü]+)*$")]] = Field(
        default_factory=dict
    )
    names: dict[RegionCode, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_syllable_a_character(self) -> Romanization:
        for word, reading in self.readings.items():
            if len(word) != len(reading.split()):
                msg = f"readings 的“{word}”有 {len(word)} 个字，读音应写 {len(word)} 个音节，以空格分开"
                raise ValueError(msg)
        return self


class Details(_Strict):
    """What may be said of a unit besides its name. Texts may use the placeholders of :data:`PLACEHOLDERS`."""

    short_name: Text | None = None
    address: Text | None = None
    phone: Text | None = None
    supervision_phone: Text | None = None
    hours: Text | None = None
    credit_code: Text | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @field_validator("credit_code")
    @classmethod
    def _right_credit_code(cls, value: str | None) -> str | None:
        try:
            return credit_code.check(value) if value else value
        except IdentifierError as wrong:
            raise ValueError(str(wrong)) from wrong

    @field_validator("short_name", "address", "phone", "supervision_phone", "hours")
    @classmethod
    def _known_placeholders(cls, value: str | None) -> str | None:
        return _checked(value) if value else value


def _pattern(value: str | None) -> str | None:
    return _checked(value) if value else value


class LevelPattern(Details):
    """How the units of one level are called; ``by_suffix`` gives another pattern where the region's name ends so."""

    name: Text
    name_en: Text | None = None
    by_suffix: dict[Text, Text] = Field(default_factory=dict)
    by_suffix_en: dict[Text, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _patterns(self) -> LevelPattern:
        english = [self.name_en] if self.name_en else []
        for pattern in (self.name, *self.by_suffix.values(), *english, *self.by_suffix_en.values()):
            _checked(pattern)
        return self


class Override(Details):
    """What differs for the unit of one region."""

    name: Text | None = None
    name_en: Text | None = None
    parent: UnitCode | None = None

    _english_pattern = field_validator("name_en")(_pattern)


class ExplicitUnit(Details):
    """A unit no pattern gives, such as a service center or a functional zone."""

    code: UnitCode
    name: Text
    name_en: Text | None = None
    region: RegionCode
    level: str = Field(description="province, city, county, town")
    parent: UnitCode | None = None

    _english_pattern = field_validator("name_en")(_pattern)

    @field_validator("level")
    @classmethod
    def _level(cls, value: str) -> str:
        return _level_name(value)


class LineFile(_Strict):
    """One ``units/<line>.yaml``: a vertical line of departments."""

    line: LineCode
    title: LocalizedText
    name_en: Text | None = None
    invented_credit_codes: bool = False
    levels: dict[str, LevelPattern] = Field(default_factory=dict)
    defaults: Details = Details()
    without: list[RegionCode] = Field(default_factory=list)
    overrides: dict[RegionCode, Override] = Field(default_factory=dict)
    units: list[ExplicitUnit] = Field(default_factory=list)

    @field_validator("levels")
    @classmethod
    def _levels(cls, value: dict[str, LevelPattern]) -> dict[str, LevelPattern]:
        for name in value:
            _level_name(name)
        return value

    _english_pattern = field_validator("name_en")(_pattern)

    @model_validator(mode="after")
    def _something(self) -> LineFile:
        if not self.levels and not self.units:
            msg = "levels 和 units 至少写一项"
            raise ValueError(msg)
        return self


def _level_name(value: str) -> str:
    if value not in LEVELS:
        msg = f"层级只能取 {'、'.join(LEVELS)}，现为 {value!r}"
        raise ValueError(msg)
    return value


def _checked(pattern: str) -> str:
    unknown = placeholders(pattern) - PLACEHOLDERS
    if unknown:
        msg = f"不认识的占位 {'、'.join(sorted(unknown))}，可用 {'、'.join(sorted(PLACEHOLDERS))}"
        raise ValueError(msg)
    return pattern
