"""What the supervisor's pictures show: charts as plain data for the script, bars from a goal's line, shades of a strip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tongban.affairs.supervision.queries.centre import LIGHTS, Centre, Figures, Place, PlaceRow

WIDTH = 200.0
CENTER = 120.0
NEAR = 0.5
"""How many percentage points below the goal still count as near it."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one color; ``color`` names a token of the stylesheet."""

    name: str
    color: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture as data: ``stack`` (bars side by side in one), ``bar`` or ``line``. ``links`` lead behind each name."""

    kind: str
    unit: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    links: tuple[str, ...]


def charts(view: Centre, place: Place) -> dict[str, Any]:
    """Return the charts of a screen by name, ready for JSON; those without figures are left out."""
    where: dict[str, Any] = {"unit": place.unit.code} if place.unit else {"region": place.region.code}
    cases, happened = reverse("workbench:supervision_cases"), reverse("workbench:supervision_happened")
    below = [row for row in (view.rows or view.units or view.items) if row.figures.running]
    found = {
        "places": _lights([(row.name, row.figures) for row in below], [_row_link(row, view, where) for row in below]),
        "steps": _lights(
            [(row.title, row.figures) for row in view.steps],
            [f"{cases}?{urlencode({**where, 'step': ','.join(row.codes)})}" for row in view.steps],
        ),
        "days": Chart(
            "line",
            _("件"),
            tuple(f"{each.day.month}-{each.day.day}" for each in view.days),
            (
                Series(_("收件"), "brand", tuple(each.arrivals for each in view.days)),
                Series(_("办结"), "green", tuple(each.completions for each in view.days)),
            ),
            tuple(f"{happened}?{urlencode({**where, 'what': 'arrived', 'day': each.day})}" for each in view.days),
        ),
        "slow": Chart(
            "bar",
            _("工作日"),
            tuple(row.title for row in view.slow),
            (Series(_("平均用时"), "h3", tuple(row.average for row in view.slow)),),
            (),
        ),
        "off": _off([row for row in view.rows or view.units if row.figures.special_average is not None]),
    }
    return {name: asdict(chart) for name, chart in found.items() if chart.names}


def _lights(rows: Sequence[tuple[str, Figures]], links: Iterable[str]) -> Chart:
    titles = {"red": _("超期"), "amber": _("临期"), "paused": _("停计"), "green": _("正常")}
    series = tuple(
        Series(titles[light], light, tuple(getattr(figures, light) for _name, figures in rows)) for light in LIGHTS
    )
    return Chart("stack", _("件"), tuple(name for name, _figures in rows), series, tuple(links))


def _off(rows: Sequence[PlaceRow]) -> Chart:
    values = tuple(row.figures.special_average or 0.0 for row in rows)
    return Chart("bar", _("工作日"), tuple(row.name for row in rows), (Series(_("平均用时"), "h3", values),), ())


def _row_link(row: PlaceRow, view: Centre, where: dict[str, str]) -> str:
    if view.rows:
        return f"{reverse('workbench:supervision')}?{urlencode({'region': row.code})}"
    if view.units:
        return f"{reverse('workbench:supervision')}?{urlencode({'unit': row.code})}"
    return f"{reverse('workbench:supervision_cases')}?{urlencode({**where, 'item': row.code})}"


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
