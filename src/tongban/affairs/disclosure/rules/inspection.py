"""Whether a column is kept alive, and what a site's findings come to.

Source: 国办秘函〔2019〕19号 (figures second-hand, in the pack with their marks).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

NEWS_DAYS = 14
NOTICE_DAYS = 180


class Check(StrEnum):
    """What is looked for."""

    UNREACHABLE = "unreachable"
    HOME_STALE = "home_stale"
    WATCHED_STALE = "watched_stale"
    OTHER_STALE = "other_stale"
    EMPTY = "empty"
    UNANSWERED = "unanswered"
    GUIDE = "guide"
    DEAD_LINK = "dead_link"
    TAGS = "tags"
    ACCESSIBILITY = "accessibility"
    MARKUP = "markup"
    DISCLOSURE_LATE = "disclosure_late"


WATCHED = {"news": NEWS_DAYS, "notices": NOTICE_DAYS}


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column as the inspection sees it. ``count`` and ``last_on`` are those of the column it mirrors, if it does."""

    id: int
    site_id: int
    unit_id: int
    watch: str
    cycle_days: int | None
    count: int
    last_on: dt.date | None
    opened_on: dt.date
    on_home: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something found. ``key`` names the same thing in every run, so that it is one finding until it is gone."""

    check: Check
    key: str
    site_id: int
    unit_id: int
    column_id: int | None = None
    article_id: int | None = None
    url: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


def cycle_of(column: ColumnFacts) -> int | None:
    """Return after how many days a column must have something new, or ``None`` if it is not watched.

    News 14 days, notices and policies 180 (INS-04); a shorter cycle of the column's own goes first.
    """
    if column.watch == "none":
        return None
    legal = WATCHED.get(column.watch)
    own = column.cycle_days
    if legal is None or own is None:
        return own if legal is None else legal
    return min(legal, own)


def column_problem(column: ColumnFacts, *, on: dt.date) -> Problem | None:
    """Return what is wrong with a column's upkeep on a day: empty, or not renewed within its cycle.

    The last day of the cycle is still in time. A column that has just been opened has its whole cycle before it.
    """
    cycle = cycle_of(column)
    if cycle is None:
        return None
    since = column.last_on or column.opened_on
    days = (on - since).days
    if days <= cycle:
        return None
    if column.count == 0:
        return Problem(
            Check.EMPTY, f"column:{column.id}", column.site_id, column.unit_id, column.id, params={"days": days}
        )
    check = Check.WATCHED_STALE if column.watch in WATCHED else Check.OTHER_STALE
    params: dict[str, str | int] = {
        "days": days,
        "cycle": cycle,
        "last": column.last_on.isoformat() if column.last_on else "",
    }
    return Problem(check, f"column:{column.id}", column.site_id, column.unit_id, column.id, params=params)


def home_problem(
    columns: Iterable[ColumnFacts], *, site_id: int, unit_id: int, on: dt.date, days: int
) -> Problem | None:
    """Return whether nothing on a home page is newer than so many days (INS-03)."""
    dates = [column.last_on for column in columns if column.on_home and column.last_on is not None]
    if not dates or (on - max(dates)).days <= days:
        return None
    params: dict[str, str | int] = {"days": (on - max(dates)).days, "cycle": days, "last": max(dates).isoformat()}
    return Problem(Check.HOME_STALE, f"site:{site_id}", site_id, unit_id, params=params)


@dataclass(frozen=True, slots=True)
class Weighing:
    """How findings of one check weigh: so many are a veto; each costs points, up to a most."""

    check: Check
    points: int
    veto: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a site's findings come to: the score, what was deducted by check, and the checks that veto."""

    score: int
    passed: bool
    deductions: Mapping[str, int]
    vetoes: tuple[str, ...]


def judge(found: Iterable[Check], weighings: Sequence[Weighing], *, base: int, pass_from: int) -> Verdict:
    """Weigh the open findings of a site. A veto fails it whatever the score; the score never falls below 0."""
    counts = Counter(found)
    deductions: dict[str, int] = {}
    vetoes: list[str] = []
    for weighing in weighings:
        count = counts[weighing.check]
        if not count:
            continue
        cost = count * weighing.points
        deductions[weighing.check.value] = min(cost, weighing.most) if weighing.most is not None else cost
        if weighing.veto is not None and count >= weighing.veto:
            vetoes.append(weighing.check.value)
    score = max(0, base - sum(deductions.values()))
    return Verdict(score, not vetoes and score >= pass_from, deductions, tuple(vetoes))


def is_unreachable(visits: int, failed: int, *, days: int, least: int, share: float) -> bool:
    """Tell whether a home page counts as unreachable: enough visits were made, and the share of failed ones is reached."""
    return visits >= least * days and failed * 100 >= share * visits
