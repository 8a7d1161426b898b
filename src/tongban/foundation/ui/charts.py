"""Plain figures for pictures: day strip, process steps, bars, heat strip. Templates draw them without style attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of a day strip; ``css`` combines ``on swap stop today due out``."""

    label: str
    css: str = ""
    text: str = ""
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One step of a process as a list shows it; ``state`` is ``done cur late todo``."""

    title: str
    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One line of a heat strip: its title and, per cell, the figure and its class from 0 to 4."""

    title: str
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, figure, kind (``ok mid bad``) and width out of ``WIDTH``."""

    label: str
    value: str
    kind: str
    width: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars on one scale from zero."""

    bars: tuple[Bar, ...]
    target: float | None = None


WIDTH = 480


def bars(
    rows: Sequence[tuple[str, float, Literal["ok", "mid", "bad"]]],
    *,
    largest: float | None = None,
    unit: str = "%",
    target: float | None = None,
) -> BarChart:
    """Return horizontal bars for figures; the scale begins at zero.

    :param largest: end of the scale; 100 for percentages, else the largest figure
    """
    top = largest or (100.0 if unit == "%" else max((value for _label, value, _kind in rows), default=1.0)) or 1.0
    drawn = tuple(
        Bar(label, f"{value:g}{unit}", kind, round(WIDTH * min(value, top) / top, 1)) for label, value, kind in rows
    )
    return BarChart(drawn, None if target is None else round(WIDTH * target / top, 1))
