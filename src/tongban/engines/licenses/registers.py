"""The seam upward: who knows that a license must not be marked expired though its last day is over."""

from __future__ import annotations

from collections.abc import Callable, Collection

Keeper = Callable[[Collection[int]], set[int]]

_keepers: dict[str, Keeper] = {}


def register_keeper(name: str, keeper: Keeper) -> None:
    """Declare who keeps licenses from expiring: given keys, it returns those that stay (a renewal is undecided)."""
    _keepers[name] = keeper


def kept(keys: Collection[int]) -> set[int]:
    """Return which of some licenses must not be marked expired."""
    return set().union(*(keeper(keys) for keeper in _keepers.values()))
