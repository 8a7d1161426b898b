"""Points into scores, on plain values: parts and their floor, runs, measured shares, volume, periods, grades, places.

A score depends on what was entered and not on the order of entering: sums are cut at the floor once, at the end.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from tongban.engines.indicators.schema import Grade, Measured, Rule, Run, ScoreSpec

CENT = Decimal("0.01")
ZERO = Decimal(0)
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


# -- periods -----------------------------------------------------------------------------------------------------------


class PeriodKind(StrEnum):
    """The lengths a score is told for."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


LENGTH = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}


class PeriodError(ValueError):
    """A text that names no period."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, quarter, half-year or year by its first day."""

    start: dt.date
    kind: PeriodKind

    @property
    def months(self) -> tuple[dt.date, ...]:
        """Return the first days of its months."""
        return tuple(shifted(self.start, number) for number in range(LENGTH[self.kind]))

    @property
    def end(self) -> dt.date:
        """Return its last day."""
        return shifted(self.start, LENGTH[self.kind]) - dt.timedelta(days=1)

    @property
    def code(self) -> str:
        """Return its short name: ``2026-10``, ``2026-Q4``, ``2026-H2``, ``2026``."""
        number = (self.start.month - 1) // LENGTH[self.kind] + 1
        tails = {
            PeriodKind.MONTH: f"-{self.start.month:02d}",
            PeriodKind.QUARTER: f"-Q{number}",
            PeriodKind.HALF: f"-H{number}",
            PeriodKind.YEAR: "",
        }
        return f"{self.start.year:04d}{tails[self.kind]}"

    @property
    def before(self) -> Period:
        """Return the period before it."""
        return Period(shifted(self.start, -LENGTH[self.kind]), self.kind)

    @property
    def after(self) -> Period:
        """Return the period after it."""
        return Period(shifted(self.start, LENGTH[self.kind]), self.kind)


def shifted(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months away."""
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def month_of(day: dt.date) -> dt.date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def period_of(day: dt.date, kind: PeriodKind) -> Period:
    """Return the period of a kind that holds a day."""
    length = LENGTH[kind]
    return Period(dt.date(day.year, (day.month - 1) // length * length + 1, 1), kind)


def read_period(code: str) -> Period:
    """Return the period with a short name.

    :raises PeriodError: if the text names none
    """
    found = re.fullmatch(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?", code)
    if found is None:
        raise PeriodError(code)
    year, month, quarter, half = found.groups()
    if month:
        return Period(dt.date(int(year), int(month), 1), PeriodKind.MONTH)
    if quarter:
        return Period(dt.date(int(year), 3 * int(quarter) - 2, 1), PeriodKind.QUARTER)
    if half:
        return Period(dt.date(int(year), 6 * int(half) - 5, 1), PeriodKind.HALF)
    return Period(dt.date(int(year), 1, 1), PeriodKind.YEAR)


# -- a month's score ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ledger as the score sees it. A counter-entry has the rule and part of what it takes back."""

    rule: str
    part: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """What the entries of a month come to.

    ``parts`` is what is left of each part, ``deducted`` what the entries took (also below a floor), ``bonus`` what they
    gave, ``points`` the sum before the coefficient, ``total`` the score.
    """

    parts: Mapping[str, Decimal]
    deducted: Decimal
    bonus: Decimal
    points: Decimal
    coefficient: Decimal
    total: Decimal


def score(spec: ScoreSpec, lines: Iterable[Line], *, volume: int | None) -> Score:
    """Return a month's score.

    Deductions empty a part down to nothing and no further; bonuses are added to the sum of the parts, so that they heal
    no deduction.

    :param volume: how many matters were finished; ``None`` where no coefficient applies (persons)
    """
    taken: dict[str, Decimal] = defaultdict(lambda: ZERO)
    bonus = ZERO
    for line in lines:
        if line.rule in spec.bonuses:
            bonus += line.points
        else:
            taken[line.part] += line.points
    parts = {part.code: max(ZERO, part.weight + taken[part.code]) for part in spec.parts}
    points = sum(parts.values(), ZERO) + bonus
    coefficient = Decimal(1) if volume is None else coefficient_of(spec, volume)
    return Score(parts, -sum(taken.values(), ZERO), bonus, points, coefficient, rounded(points * coefficient))


def coefficient_of(spec: ScoreSpec, volume: int) -> Decimal:
    """Return the coefficient of a volume."""
    return [band.coefficient for band in spec.volume if band.start <= volume][-1]


def rounded(figure: Decimal) -> Decimal:
    """Return a figure with two places, a half upward."""
    return figure.quantize(CENT, rounding=ROUND_HALF_UP)


def mean(totals: Sequence[Decimal]) -> Decimal | None:
    """Return the mean of the months that have a score, ``None`` without any."""
    return rounded(sum(totals, ZERO) / len(totals)) if totals else None


def grade(spec: ScoreSpec, total: Decimal) -> Grade:
    """Return the grade of a score."""
    return next((each for each in spec.grades if total >= each.start), spec.grades[-1])


def places(totals: Sequence[Decimal]) -> list[int]:
    """Return the places of scores in a table; equals share a place, the one after them counts on."""
    return [1 + sum(other > total for other in totals) for total in totals] if len(totals) < 50 else _many(totals)


def _many(totals: Sequence[Decimal]) -> list[int]:
    first: dict[Decimal, int] = {}
    for number, total in enumerate(sorted(totals, reverse=True), start=1):
        first.setdefault(total, number)
    return [first[total] for total in totals]


# -- what follows from other figures -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that no counter-entry takes back, as runs see it."""

    key: str
    rule: str
    matter: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Found:
    """A run: the entries it is made of, in order. It belongs to the last one."""

    entries: tuple[Standing, ...]

    @property
    def last(self) -> Standing:
        """Return the entry that completed it."""
        return self.entries[-1]


def runs(run: Run, entries: Iterable[Standing]) -> Iterator[Found]:
    """Yield each complete run once; an entry belongs to one run at most."""
    groups: dict[str, list[Standing]] = defaultdict(list)
    for entry in entries:
        if entry.rule == run.of:
            groups[entry.matter if run.per == "matter" else ""].append(entry)
    for name in sorted(groups):
        held: list[Standing] = []
        for entry in sorted(groups[name], key=lambda each: (each.day, each.key)):
            if held and run.within_days is not None and (entry.day - held[-1].day).days > run.within_days:
                held = []
            held.append(entry)
            if len(held) == run.length:
                yield Found(tuple(held))
                held = []


def measured_points(rule: Rule, measured: Measured, share: Decimal, *, base: int) -> Decimal:
    """Return the points for a share in percent: nothing below the start, then by whole steps, up to the most.

    :param base: how many matters the share was counted from
    """
    if share < measured.start or base < measured.at_least:
        return ZERO
    steps = int((share - measured.start) / measured.step)
    points = rule.points + steps * measured.more
    if measured.at_most is not None:
        points = min(points, measured.at_most) if points > 0 else max(points, -measured.at_most)
    return points


def part_for(rule: Rule, cause: str) -> str:
    """Return the part an entry is counted in: that of the longest beginning of its cause, else the rule's own."""
    fitting = [begin for begin in rule.parts_by_cause if cause.startswith(begin)]
    return rule.parts_by_cause[max(fitting, key=len)] if fitting else rule.part


def fill(text: str, params: Mapping[str, Any]) -> str:
    """Return a reason with its places filled; a place without value stays empty."""
    return _PLACE.sub(lambda found: str(params.get(found.group(1), "")), text)
