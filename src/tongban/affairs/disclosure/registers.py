"""What other slices tell open government: where messages of the public wait for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the public that waits: which site it came in by, who must answer, since how many days."""

    key: str
    site_id: int
    unit_id: int
    title: str
    days: int


Source = Callable[[dt.datetime], Iterable[Message]]

_sources: dict[str, Source] = {}


def register_message_source(name: str, source: Source) -> None:
    """Declare where messages wait; the source yields those open for longer than three months at a moment."""
    _sources[name] = source


def message_sources() -> Mapping[str, Source]:
    """Return the declared sources."""
    return dict(_sources)
