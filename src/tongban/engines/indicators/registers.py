"""What others tell the engine: what to do with the source of points once an objection is upheld, and where pages are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tongban.foundation.organizations.actor import Actor

Page = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that points are given for.

    :param prefix: the beginning of ``about``, such as ``alarm``
    :param uphold: withdraws the thing because an objection to its points was upheld: ``about``, decision, actor, moment
    """

    prefix: str
    uphold: Callable[[str, str, Actor, dt.datetime], None]


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
