"""Tells whether what a process made of a table is still true: one value per table that changes when the table does.

Inside :func:`once` all of them are read together, at most once; outside, each asks for its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tongban.foundation.rows.running import ask

_sources: dict[str, str] = {}
_now: ContextVar[dict[str, Any] | None] = ContextVar("stamps", default=None)


def declare(name: str, sql: str) -> None:
    """Declare the scalar query that gives a table's stamp."""
    _sources[name] = f"({sql})"


def declare_table(name: str, table: str) -> None:
    """Declare a stamp that changes with any row of a small table, also when a row is rewritten in place."""
    declare(name, f"SELECT md5(string_agg(xmin::text || ctid::text, ' ' ORDER BY ctid)) FROM {table}")  # noqa: S608


def stamp(name: str) -> Any:
    """Return the present stamp; None if the table is empty."""
    held = _now.get()
    if held is None:
        return ask(f"SELECT {_sources[name]}")[0][0]
    if not held:
        learn(ask(together())[0])
    return held[name]


def wanted() -> bool:
    """Tell whether the present :func:`once` has read no stamps yet."""
    held = _now.get()
    return held is not None and not held


def together() -> str:
    """Return the statement that reads all stamps, for who reads something else with it (see :func:`learn`)."""
    return f"SELECT {', '.join(_sources.values())}"


def learn(values: Sequence[Any]) -> None:
    """Take the stamps just read as those of the present :func:`once`; outside, nothing is kept."""
    held = _now.get()
    if held is not None:
        held.update(zip(_sources, values, strict=True))


@contextmanager
def once() -> Iterator[None]:
    """Inside, each stamp is read at most once: for one act, which then sees one state of the slow tables throughout.

    Inside another one it changes nothing.
    """
    if _now.get() is not None:
        yield
        return
    token = _now.set({})
    try:
        yield
    finally:
        _now.reset(token)
