"""What affairs tell the engine: what to do with the source of points once an objection is upheld."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tongban.foundation.organizations.actor import Actor


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that points are given for.

    :param prefix: the beginning of ``about``, such as ``alarm``
    :param uphold: withdraws the thing because an objection to its points was upheld: ``about``, decision, actor, moment
    """

    prefix: str
    uphold: Callable[[str, str, Actor, dt.datetime], None]


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Declare a source; the same prefix again replaces it."""
    _sources[source.prefix] = source


def source_of(about: str) -> Source | None:
    """Return the source something belongs to, if an affair declared one."""
    return _sources.get(about.partition(":")[0])
