"""What units submitted to sites in a period and what came of it: sums, and places in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tongban.engines.indicators.rules import places


class Counted(StrEnum):
    """The figures of a line. What is submitted counts on the day it was submitted, everything else when it was decided."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    POINTS = "points"
    BEFORE = "before"


SHOWN = (Counted.SUBMITTED, Counted.ACCEPTED, Counted.DECLINED, Counted.RETURNED, Counted.POINTS)


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of a unit or a region in a period."""

    submitted: int = 0
    accepted: int = 0
    declined: int = 0
    returned: int = 0
    points: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return the figures of both."""
        return Tally(*(getattr(self, name.value) + getattr(other, name.value) for name in SHOWN))


@dataclass(frozen=True, slots=True)
class Line:
    """A line before its place is known: a ``unit`` or a ``region``, its figures, and those of the period before."""

    kind: str
    code: str
    name: Mapping[str, str]
    tally: Tally
    before: Tally


def ranked(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return lines by points as a bulletin freezes them; equals share a place, the one after them counts on.

    Lines with equal points stand in the order of what was accepted, then submitted, then of their codes. ``up`` is how
    many places a line rose since the period before. A table in which nobody has points gives no places.
    """
    given = list(lines)
    now = places([Decimal(line.tally.points) for line in given])
    then = places([Decimal(line.before.points) for line in given])
    placed, compared = any(line.tally.points for line in given), any(line.before.points for line in given)
    rows = [
        {
            "kind": line.kind,
            "code": line.code,
            "name": dict(line.name),
            "place": place if placed else None,
            **{name.value: getattr(line.tally, name.value) for name in SHOWN},
            "before": line.before.points,
            "place_before": earlier if compared else None,
            "up": earlier - place if placed and compared else None,
        }
        for line, place, earlier in zip(given, now, then, strict=True)
    ]
    return sorted(rows, key=lambda row: (-row["points"], -row["accepted"], -row["submitted"], row["code"]))
