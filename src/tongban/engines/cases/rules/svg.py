"""Draws a layout as SVG without styles or scripts; the stylesheet colors by class. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from tongban.engines.cases.rules.layout import Box, Layout, Line

HEIGHT = 52
GAP = 40
ROW = 100
WIDE, NARROW = 148, 112
PAD = 4


@dataclass(frozen=True, slots=True)
class Node:
    """What a box says: its title, a short line below, and its class (done, late, cur, near, over, todo)."""

    title: str
    text: str
    css: str


@dataclass
class _Grid:
    """Turns ranks and lanes into points."""

    layout: Layout
    nodes: Mapping[str, Node]
    vertical: bool

    def __post_init__(self) -> None:
        self.width = {
            rank: max((self._wide(box) for box in self.layout.boxes.values() if box.rank == rank), default=NARROW)
            for rank in range(self.layout.ranks)
        }
        self.top = self.layout.lanes[0]

    def _wide(self, box: Box) -> int:
        node = self.nodes.get(box.code)
        units = 0 if node is None else max(_units(node.title) * 7, _units(node.text) * 6)
        return max(NARROW if not self.vertical else WIDE, min(units + 20, 240))

    def start(self, rank: int) -> int:
        return PAD + sum(self.width[each] + GAP for each in range(rank))

    def box(self, box: Box) -> tuple[float, float, float]:
        """Return x, y and width."""
        if self.vertical:
            wide = max(self.width.values())
            return PAD + (box.lane - self.top) * (wide + GAP), PAD + box.rank * (HEIGHT + GAP), wide
        return self.start(box.rank), PAD + (box.lane - self.top) * ROW, self.width[box.rank]

    def size(self) -> tuple[float, float]:
        low, high = self.layout.lanes
        if self.vertical:
            wide = max(self.width.values())
            across = PAD * 2 + (high - low) * (wide + GAP) + wide
            return across, PAD * 2 + self.layout.ranks * (HEIGHT + GAP) - GAP
        return self.start(self.layout.ranks) - GAP + PAD, PAD * 2 + (high - low) * ROW + HEIGHT


def _units(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def draw(layout: Layout, nodes: Mapping[str, Node], *, title: str, text: str, key: str, vertical: bool = False) -> str:
    """Return the drawing.

    :param title: its name; :param text: the same in sentences, for those who do not see it
    :param key: makes the ids unique on a page
    """
    grid = _Grid(layout, nodes, vertical)
    wide, high = grid.size()
    head = (
        f'<svg class="chart flow{" flow-v" if vertical else ""}" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" '
        f'height="{high:g}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(text)}</desc>'
    )
    parts = [head]
    walked = [line for line in layout.lines if _walked(line, layout, nodes)]
    for css, lines in (("", [line for line in layout.lines if line not in walked]), ("walk", walked)):
        path = "".join(_path(line, layout, grid) for line in lines)
        if path:
            parts.append(f'<path class="{css}" d="{path}"/>' if css else f'<path d="{path}"/>')
    parts.extend(_box(box, nodes[box.code], grid) for box in layout.boxes.values() if box.code in nodes)
    parts.append("</svg>")
    return "".join(parts)


def _walked(line: Line, layout: Layout, nodes: Mapping[str, Node]) -> bool:
    """Tell whether a case has gone along a line; along one that passes boxes by only if none of them was entered."""
    source, target = nodes.get(line.source), nodes.get(line.target)
    if source is None or target is None or source.css not in ("done", "late") or target.css == "todo":
        return False
    ranks = {rank for rank, _lane in line.via}
    passed = [box.code for box in layout.boxes.values() if box.rank in ranks]
    return all(nodes[code].css == "todo" for code in passed if code in nodes)


def _box(box: Box, node: Node, grid: _Grid) -> str:
    x, y, wide = grid.box(box)
    middle = x + wide / 2
    return (
        f'<g class="{node.css}"><rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{HEIGHT}" rx="3"/>'
        f'<text x="{middle:g}" y="{y + 22:g}" text-anchor="middle" font-size="14" font-weight="600">{escape(node.title)}'
        f'</text><text class="s" x="{middle:g}" y="{y + 41:g}" text-anchor="middle" font-size="12">{escape(node.text)}'
        "</text></g>"
    )


def _path(line: Line, layout: Layout, grid: _Grid) -> str:
    source, target = layout.boxes[line.source], layout.boxes[line.target]
    x, y, wide = grid.box(source)
    to_x, to_y, to_wide = grid.box(target)
    if grid.vertical:
        return _down(line, grid, (x + wide / 2, y + HEIGHT), (to_x + to_wide / 2, to_y))
    return _across(line, grid, (x + wide, y + HEIGHT / 2), (to_x, to_y + HEIGHT / 2), grid.start(source.rank))


def _across(line: Line, grid: _Grid, start: tuple[float, float], end: tuple[float, float], _left: float) -> str:
    if not line.via:
        if start[1] == end[1]:
            return f"M{start[0]:g} {start[1]:g}H{end[0]:g}"
        bend = end[0] - GAP / 2 if end[1] != PAD + (0 - grid.top) * ROW + HEIGHT / 2 else start[0] + GAP / 2
        return f"M{start[0]:g} {start[1]:g}H{bend:g}V{end[1]:g}H{end[0]:g}"
    lane = PAD + (line.via[0][1] - grid.top) * ROW + HEIGHT / 2
    return f"M{start[0]:g} {start[1]:g}h{GAP / 2:g}V{lane:g}H{end[0] - GAP / 2:g}V{end[1]:g}H{end[0]:g}"


def _down(line: Line, grid: _Grid, start: tuple[float, float], end: tuple[float, float]) -> str:
    if not line.via:
        if start[0] == end[0]:
            return f"M{start[0]:g} {start[1]:g}V{end[1]:g}"
        bend = end[1] - GAP / 2
        return f"M{start[0]:g} {start[1]:g}V{bend:g}H{end[0]:g}V{end[1]:g}"
    wide = max(grid.width.values())
    lane = PAD + (line.via[0][1] - grid.top) * (wide + GAP) + wide / 2
    return f"M{start[0]:g} {start[1]:g}v{GAP / 2:g}H{lane:g}V{end[1] - GAP / 2:g}H{end[0]:g}V{end[1]:g}"
