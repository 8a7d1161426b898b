"""Where the boxes and lines of a process stand: ranks from left to right, long lines in lanes of their own. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from tongban.engines.cases.rules.compiled import Compiled
from tongban.engines.cases.rules.limits import forward

SUBMIT = "submit"


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its rank (column), and its lane (row; 0 is the main line)."""

    code: str
    rank: int
    lane: float
    special: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points given as (rank, lane); the points between the ends lie in free lanes."""

    source: str
    target: str
    via: tuple[tuple[int, float], ...] = ()


@dataclass(slots=True)
class Layout:
    """A whole drawing in ranks and lanes."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    @property
    def ranks(self) -> int:
        """Return the number of columns."""
        return 1 + max((box.rank for box in self.boxes.values()), default=0)

    @property
    def lanes(self) -> tuple[float, float]:
        """Return the highest and the lowest row in use."""
        rows = [box.lane for box in self.boxes.values()]
        rows += [lane for line in self.lines for _rank, lane in line.via]
        return min(rows, default=0), max(rows, default=0)


def successors(compiled: Compiled) -> dict[str, list[str]]:
    """Return which steps follow each step, without repeats and without going back."""
    return {
        code: list(dict.fromkeys(action.to for action in forward(step) if action.to != code))
        for code, step in compiled.steps.items()
    }


def usual_way(compiled: Compiled) -> list[str]:
    """Return the steps of the longest way from start to end, which is the usual one."""
    follow = successors(compiled)

    def way(code: str, seen: tuple[str, ...]) -> list[str]:
        tails = [way(each, (*seen, code)) for each in follow[code] if each not in seen]
        return [code, *max(tails, key=len, default=[])]

    return way(compiled.start, ())


def shown_specials(compiled: Compiled, used: Collection[str]) -> dict[str, list[str]]:
    """Return the special procedures to draw before each step: those it starts with or requires, and those used."""
    hosts: dict[str, list[str]] = {}
    for code, step in compiled.steps.items():
        wanted = [*step.starts, *(name for action in step.actions.values() for name in action.requires)]
        wanted += [name for name, special in compiled.specials.items() if name in used and special.hosts[0] == code]
        names = [name for name in compiled.specials if name in wanted and code in compiled.specials[name].hosts]
        names += step.asks
        if names:
            hosts[code] = names
    return hosts


def arrange(compiled: Compiled, used: Collection[str] = ()) -> Layout:
    """Return the layout of a process with the special procedures a case has used."""
    follow = successors(compiled)
    specials = shown_specials(compiled, used)
    main = usual_way(compiled)
    ranks = _ranks(compiled, follow, specials)
    layout = Layout()
    layout.boxes[SUBMIT] = Box(SUBMIT, 0, 0)
    for code, rank in ranks.items():
        layout.boxes[code] = Box(code, rank, 0 if code in main else 1)
    for host, names in specials.items():
        for index, name in enumerate(names):
            lane = index - (len(names) - 1) / 2
            layout.boxes[name] = Box(name, ranks[host] - 1, lane, special=True)
    layout.lines.extend(_lines(compiled, follow, specials, layout.boxes))
    return layout


def _ranks(compiled: Compiled, follow: Mapping[str, list[str]], specials: Mapping[str, list[str]]) -> dict[str, int]:
    ranks: dict[str, int] = {}

    def place(code: str, rank: int, seen: tuple[str, ...]) -> None:
        rank += 1 if code in specials else 0
        if ranks.get(code, -1) >= rank or code in seen:
            return
        ranks[code] = rank
        for target in follow[code]:
            place(target, rank + 1, (*seen, code))

    place(compiled.start, 1, ())
    return ranks


def _lines(
    compiled: Compiled,
    follow: Mapping[str, list[str]],
    specials: Mapping[str, list[str]],
    boxes: Mapping[str, Box],
) -> Iterator[Line]:
    yield from _into(SUBMIT, compiled.start, specials, boxes, free=0.65)
    free = 0.65
    for code, targets in follow.items():
        for target in targets:
            lines = list(_into(code, target, specials, boxes, free=free))
            if any(line.via for line in lines):
                free += 0.25
            yield from lines
    for host, names in specials.items():
        yield from (Line(name, host) for name in names)


def _into(
    source: str, target: str, specials: Mapping[str, list[str]], boxes: Mapping[str, Box], *, free: float
) -> Iterator[Line]:
    entries = specials.get(target, [target])
    for entry in entries:
        skipped = range(boxes[source].rank + 1, boxes[entry].rank)
        crowded = any(box.rank in skipped and box.lane > 0 for box in boxes.values())
        lane = free + (0.35 if crowded else 0)
        yield Line(source, entry, tuple((rank, lane) for rank in skipped))
