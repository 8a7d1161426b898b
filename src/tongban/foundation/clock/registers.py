"""What happens when a calendar changes: slices above the clock register here what they have to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A year was entered or changed.

    ``years`` are those whose days or status differ now; ``counts`` gives days off and make-up days for each.
    """

    jurisdiction: str
    years: tuple[int, ...]
    counts: dict[int, tuple[int, int]]
    source: str
    by: str
    at: dt.datetime


Witness = Callable[[CalendarChange], None]

_witnesses: dict[str, Witness] = {}


def register_witness(name: str, witness: Witness) -> None:
    """Declare what to do, inside the same transaction, when a calendar changes (the same name replaces).

    ``audit`` records it; ``cases`` defers the recomputation of the due dates that may move.
    """
    _witnesses[name] = witness


def tell_witnesses(change: CalendarChange) -> None:
    """Call every witness in the order of their names; what one raises undoes the change."""
    for name in sorted(_witnesses):
        _witnesses[name](change)
