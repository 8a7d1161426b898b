"""What others tell the engine: what to do with the source of points once an objection is upheld, and where pages are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tongban.foundation.organizations.actor import Actor

Page = Callable[[str], str]
Decided = Callable[[str, str, Actor, dt.datetime], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that points are given for. Both functions get ``about``, the decision, the actor and the moment.

    :param prefix: the beginning of ``about``, such as ``alarm``
    :param withdraw: takes the thing back because an objection to its points was upheld
    :param confirm: notes that the thing was reviewed and stands, because an objection was rejected
    """

    prefix: str
    withdraw: Decided
    confirm: Decided


_sources: dict[str, Source] = {}
_pages: dict[str, Page] = {}


def register_source(source: Source) -> None:
    """Declare a source; the same prefix again replaces it."""
    _sources[source.prefix] = source


def source_of(about: str) -> Source | None:
    """Return the source something belongs to, if an affair declared one."""
    return _sources.get(about.partition(":")[0])


def register_page(kind: str, page: Page) -> None:
    """Declare where an interface shows an ``objection`` (by number) or a ``bulletin`` (by key)."""
    _pages[kind] = page


def page_of(kind: str) -> Page | None:
    """Return how to address the page of something, if an interface shows it."""
    return _pages.get(kind)
