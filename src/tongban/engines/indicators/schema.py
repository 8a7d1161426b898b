"""What a file under ``scores/`` of a pack may hold: how points are given and what they come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.foundation.packs.localized import LocalizedText

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Points = Annotated[Decimal, Field(max_digits=6, decimal_places=2)]
Percent = Annotated[Decimal, Field(gt=0, le=100)]
Mark = Literal["V", "V2", "K", "proposal"]
"""Read in the full text; second-hand; not verified; our own proposal where no source gives a figure."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Strict):
    """One of the parts the base is divided into. Deductions end when nothing of it is left."""

    code: Code
    title: LocalizedText
    weight: Annotated[Points, Field(gt=0)]


class Run(_Strict):
    """Several entries of one rule in a row: of one matter, or of all a subject's matters within so many days of each other."""

    of: Code
    length: int = Field(ge=2, le=20)
    per: Literal["matter", "subject"] = "matter"
    within_days: int | None = Field(default=None, ge=1, le=366)


class Measured(_Strict):
    """Points by a measured share in percent: ``points`` of the rule at ``from``, ``more`` for each further ``step``.

    ``at_least`` is the least number of matters a share must be counted from; of fewer it says nothing.
    """

    measure: Code
    start: Percent = Field(alias="from")
    step: Percent
    more: Points
    at_most: Annotated[Points, Field(gt=0)] | None = None
    at_least: int = Field(default=1, ge=1)


class Rule(_Strict):
    """Why points are taken or given. Exactly one trigger: a signal, a run, a measure, or a person's entry by hand.

    ``parts_by_cause`` sends an entry to another part than ``part`` by the beginning of its cause (the longest wins).
    ``once_a_year`` counts a by-hand rule once for the same person (or unit) in a calendar year.
    """

    code: Code
    title: LocalizedText
    reason: LocalizedText
    part: Code
    points: Points
    signal: Code | None = None
    run: Run | None = None
    measured: Measured | None = None
    by_hand: bool = False
    once_a_year: bool = False
    parts_by_cause: dict[str, Code] = Field(default_factory=dict)
    source: LocalizedText
    mark: Mark

    @model_validator(mode="after")
    def _one_trigger(self) -> Self:
        given = [self.signal is not None, self.run is not None, self.measured is not None, self.by_hand]
        if sum(given) != 1:
            msg = "signal、run、measured、by_hand 要写且只写一种"
            raise ValueError(msg)
        if self.once_a_year and not self.by_hand:
            msg = "once_a_year 只用于 by_hand 的规则"
            raise ValueError(msg)
        if self.measured and self.points * self.measured.more <= 0:
            msg = "points 和 more 要同为加分或同为扣分，且不为零"
            raise ValueError(msg)
        return self

    @property
    def is_bonus(self) -> bool:
        """Tell whether it gives points."""
        return self.points > 0


class Band(_Strict):
    """The coefficient of a subject that finished at least so many matters in the month."""

    start: int = Field(alias="from", ge=0)
    coefficient: Annotated[Decimal, Field(gt=0, max_digits=4, decimal_places=3)]


class Grade(_Strict):
    """A grade and the least score it takes."""

    code: Code
    title: LocalizedText
    start: Annotated[Points, Field(alias="from", ge=0)]


class Objecting(_Strict):
    """How long a unit may object after an entry was made, and how long the decision may take, in working days."""

    file_within: int = Field(ge=1, le=60)
    decide_within: int = Field(ge=1, le=60)
    source: LocalizedText
    mark: Mark


class ScoreSpec(_Strict):
    """A whole scheme. A month keeps the version in force on its first day."""

    code: Code
    version: int = Field(ge=1)
    title: LocalizedText
    effective_from: dt.date
    base: Annotated[Points, Field(gt=0)]
    source: LocalizedText
    mark: Mark
    parts: Annotated[list[Part], Field(min_length=1)]
    rules: Annotated[list[Rule], Field(min_length=1)]
    volume: Annotated[list[Band], Field(min_length=1)]
    volume_mark: Mark
    grades: Annotated[list[Grade], Field(min_length=1)]
    grades_mark: Mark
    objection: Objecting

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Refuse a scheme whose pieces contradict each other."""
        problems = [*self._wrong_sums(), *self._wrong_rules()]
        if problems:
            raise ValueError("；".join(problems))
        return self

    def _wrong_sums(self) -> Iterable[str]:
        if sum(part.weight for part in self.parts) != self.base:
            yield f"各分项权重之和应等于基础分 {self.base}"
        if self.effective_from.day != 1:
            yield "effective_from 要写某月的第一天，因为一个月只用一个版本"
        if [band.start for band in self.volume] != sorted({0, *(band.start for band in self.volume)}):
            yield "volume 要从 0 起，由小到大，不重复"
        bounds = [grade.start for grade in self.grades]
        if bounds != sorted(set(bounds), reverse=True) or bounds[-1] != 0:
            yield "grades 要由高到低，最后一级从 0 起"

    def _wrong_rules(self) -> Iterable[str]:
        parts, codes = [part.code for part in self.parts], [rule.code for rule in self.rules]
        signals = [rule.signal for rule in self.rules if rule.signal]
        for name, found in (("parts", parts), ("rules", codes), ("signal", signals)):
            if len(set(found)) != len(found):
                yield f"{name} 里有重复的代码"
        for rule in self.rules:
            unknown = {rule.part, *rule.parts_by_cause.values()} - set(parts)
            if unknown:
                yield f"规则 {rule.code} 用了没有的分项：{'、'.join(sorted(unknown))}"
            if rule.run and rule.run.of not in codes:
                yield f"规则 {rule.code} 的 run.of 不是已有的规则"
            if rule.run and rule.run.per == "subject" and rule.run.within_days is None:
                yield f"规则 {rule.code} 按主体连续计算，要写 within_days"

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {part.code: part for part in self.parts}

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {rule.code: rule for rule in self.rules}

    @cached_property
    def bonuses(self) -> frozenset[str]:
        """Return the codes of the rules that give points."""
        return frozenset(rule.code for rule in self.rules if rule.is_bonus)

    def part(self, code: str) -> Part:
        """Return a part.

        :raises KeyError: if there is none
        """
        return self._parts[code]

    def rule(self, code: str) -> Rule:
        """Return a rule.

        :raises KeyError: if there is none
        """
        return self._rules[code]

    def rule_of_signal(self, signal: str) -> Rule | None:
        """Return the rule that answers a signal, if one does."""
        return next((rule for rule in self.rules if rule.signal == signal), None)
