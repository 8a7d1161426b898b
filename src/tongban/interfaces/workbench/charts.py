"""Figures for the supervisor's pictures: the distance of a rate from the goal, and the shades of a heat strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.affairs.supervision.queries.overview import PlaceRow

WIDTH = 200.0
CENTER = 120.0
NEAR = 0.5
"""How many percentage points below the goal still count as near it."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A place with its distance from the goal: light, words, and the bar drawn from the goal's line."""

    row: PlaceRow
    rate: str
    light: str
    kind: str
    x: float
    width: float
    cut: bool


def deviations(rows: Sequence[PlaceRow], *, goal: float) -> list[Deviation]:
    """Return rows with their bars on one common scale; a bar too long for it is cut and marked.

    The rates hardly vary, so the distance from the goal is drawn, not the rate from zero.
    """
    scale = (WIDTH - CENTER) / max(100.0 - goal, 0.1)
    return [_deviation(row, goal, scale) for row in rows]


def _deviation(row: PlaceRow, goal: float, scale: float) -> Deviation:
    rate = row.figures.on_time
    if rate is None:
        return Deviation(row, "", "", "", CENTER, 0.0, cut=False)
    length = (rate - goal) * scale
    shown = max(min(length, WIDTH - CENTER), -CENTER)
    light, kind = ("green", "ok") if rate >= goal else ("amber", "mid") if rate >= goal - NEAR else ("red", "bad")
    start = CENTER if shown >= 0 else CENTER + shown
    return Deviation(row, f"{rate:g}%", light, kind, round(start, 1), round(abs(shown), 1), cut=length < -CENTER)


def heat_level(count: int) -> int:
    """Return the shade of a figure, 0 to 4."""
    return 0 if count == 0 else 1 if count <= 3 else 2 if count <= 6 else 3 if count <= 10 else 4
