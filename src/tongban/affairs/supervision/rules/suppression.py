"""Which cells of a published table stay empty, so that no small one can be worked out from the others.

A table is a tree: what a region, unit or item counts is the sum of the cells below it. A cell counted from too few cases
is hidden (primary). If a sum and all but one of its parts were published, the last would follow by subtraction; so a
second cell of that sum is hidden with it (secondary), the one with the fewest cases first. In a tree no hidden cell
follows from the published ones exactly if no sum has a single hidden cell among itself and its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cell(Generic[K]):
    """A cell: from how many cases it was counted, and the cell it is a part of (``None`` at the top)."""

    count: int
    parent: K | None = None


def hidden_cells(cells: Mapping[K, Cell[K]], *, least: int) -> set[K]:
    """Return the cells not to be published. Cells without any case say nothing and are never hidden.

    :param least: a cell of fewer cases than this is hidden by itself
    """
    parts: dict[K, list[K]] = defaultdict(list)
    for key, cell in cells.items():
        if cell.parent is not None and cell.count:
            parts[cell.parent].append(key)
    hidden = {key for key, cell in cells.items() if 0 < cell.count < least}
    names = sorted(cells, key=str)
    place = {key: number for number, key in enumerate(names)}
    waiting = [place[key] for key in parts]
    heapify(waiting)
    while waiting:
        key = names[heappop(waiting)]
        together = [key, *parts[key]]
        if sum(each in hidden for each in together) != 1:
            continue
        chosen = _complement(key, parts[key], cells, hidden)
        hidden.add(chosen)
        above = cells[chosen].parent
        for each in (chosen, above):
            if each is not None and each in parts:
                heappush(waiting, place[each])
    return hidden


def _complement(key: K, parts: list[K], cells: Mapping[K, Cell[K]], hidden: set[K]) -> K:
    """Return the cell to hide with the only hidden one of a sum: a part with the fewest cases, else the sum itself."""
    open_parts = [each for each in parts if each not in hidden]
    return min(open_parts, key=lambda each: (cells[each].count, str(each)), default=key)
