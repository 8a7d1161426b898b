"""Which steps every way to a step passes through, read from the process itself."""

from __future__ import annotations

from functools import lru_cache

from tongban.engines.cases.rules.compiled import Compiled


def must_pass(compiled: Compiled, step: str) -> frozenset[str]:
    """Return the steps that lie on every way from the start to a step, the step itself not among them.

    A step is on every way if the target cannot be reached once it is taken out.
    """
    edges = {code: frozenset(action.to for action in compiled.targets(each)) for code, each in compiled.steps.items()}
    return _dominators(compiled.start, step, tuple(sorted(edges.items())))


@lru_cache(maxsize=512)
def _dominators(start: str, target: str, edges: tuple[tuple[str, frozenset[str]], ...]) -> frozenset[str]:
    ways = dict(edges)
    if target not in ways or target not in _reached(start, ways, without=""):
        return frozenset()
    return frozenset(code for code in ways if code != target and target not in _reached(start, ways, without=code))


def _reached(start: str, ways: dict[str, frozenset[str]], *, without: str) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        code = ahead.pop()
        if code == without or code in found or code not in ways:
            continue
        found.add(code)
        ahead.extend(ways[code])
    return found
