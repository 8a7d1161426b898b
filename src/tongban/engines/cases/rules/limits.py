"""How the limits of a process fit together: the longest way through it, and step limits within a shorter promise."""

from __future__ import annotations

from collections.abc import Callable

from tongban.engines.cases.rules.compiled import ActionDef, Compiled, LimitRef, StepDef
from tongban.engines.cases.rules.vocabulary import Kind, Phase

Figure = Callable[[LimitRef], int]


def forward(step: StepDef) -> list[ActionDef]:
    """Return the actions that lead on (not back)."""
    return [action for action in step.actions.values() if action.to and action.kind is not Kind.RETURN_BACK]


def longest(
    compiled: Compiled, phase: Phase, figure: Figure, *, without: frozenset[str] = frozenset()
) -> tuple[int, list[str]]:
    """Return the longest way through a phase: the sum of its limits, and the steps and counted procedures on it.

    :param without: steps that another clock watches
    """
    best: tuple[int, list[str]] = (0, [])
    for code, step in compiled.steps.items():
        if step.phase is phase and code not in without:
            best = max(best, _from(compiled, code, phase, figure, tuple(without)), key=lambda way: way[0])
    return best


def above(compiled: Compiled) -> frozenset[str]:
    """Return the steps that the upper level takes after the lower level's review; none without two levels."""
    review = compiled.clocks.get("review")
    ahead, seen = ([review.until] if review is not None else []), set[str]()
    while ahead:
        code = ahead.pop()
        if code in seen or code not in compiled.steps:
            continue
        seen.add(code)
        ahead.extend(action.to for action in forward(compiled.steps[code]))
    return frozenset(seen)


def _from(compiled: Compiled, code: str, phase: Phase, figure: Figure, seen: tuple[str, ...]) -> tuple[int, list[str]]:
    step = compiled.steps.get(code)
    if step is None or step.phase is not phase or code in seen:
        return 0, []
    counted = [name for name in step.starts if name in compiled.specials and not compiled.specials[name].stops_clock]
    own = figure(step.limit) if step.limit else 0
    own += max((figure(compiled.specials[name].limit) for name in counted), default=0)
    own += max((figure(ask.limit) for ask in step.asks.values()), default=0)
    tails = [_from(compiled, action.to, phase, figure, (*seen, code)) for action in forward(step)]
    total, way = max(tails, key=lambda tail: tail[0], default=(0, []))
    return own + total, [code, *counted, *step.asks, *way]


def limit_of(compiled: Compiled, code: str) -> LimitRef | None:
    """Return the limit of a step, special procedure or department asked, if it has one."""
    if code in compiled.steps:
        return compiled.steps[code].limit
    place = compiled.specials.get(code) or compiled.asks.get(code)
    return place.limit if place is not None else None


def fit(compiled: Compiled, promised: tuple[int, str] | None) -> dict[str, int]:
    """Return step limits cut in proportion where the promised period is shorter than the process allows for.

    Each limit keeps at least one unit. Keys are step and special procedure codes; only those that were cut appear.
    """
    if promised is None or promised[0] <= 0:
        return {}

    def figure(limit: LimitRef) -> int:
        return limit.figure or 0 if limit.unit == promised[1] else 0

    total, way = longest(compiled, Phase.HANDLING, figure)
    if total <= promised[0]:
        return {}
    cut: dict[str, int] = {}
    for code in way:
        limit = limit_of(compiled, code)
        if limit is not None and limit.figure and limit.unit == promised[1]:
            cut[code] = max(1, limit.figure * promised[0] // total)
    return cut
