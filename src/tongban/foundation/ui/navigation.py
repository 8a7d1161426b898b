"""The registers of navigation: the public menu, the large-text menu, and the desk's side menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from tongban.foundation.organizations.permissions import allows
from tongban.foundation.organizations.scoping import count_together

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from tongban.foundation.organizations.actor import Actor

Audience = Literal["everyone", "signed_in", "signed_out"]
Count = Callable[["Actor"], "int | QuerySet[Any] | None"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the public menu.

    :param url_name: name of an address without arguments; an entry whose address does not exist is left out
    :param essential: keep it in large-text mode, with its icon
    """

    url_name: str
    title: str | _StrPromise
    order: int
    icon: str = "list"
    audience: Audience = "everyone"
    essential: bool = False


@dataclass(frozen=True, slots=True)
class SideEntry:
    """One entry of the desk's side menu.

    :param group: heading under which it stands
    :param permission: shown only to those who hold it; empty shows it to every official
    :param count: gives the figure beside it, or the rows to count (all of a page's in one query), or ``None`` for no figure
    :param query: query string after the address, without ``?``
    """

    url_name: str
    title: str | _StrPromise
    group: str | _StrPromise
    order: int
    permission: str = ""
    count: Count | None = None
    query: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry resolved for one request."""

    url: str
    title: str
    icon: str = ""
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Links of the side menu under one heading."""

    title: str
    links: tuple[Link, ...]


_entries: dict[str, Entry] = {}
_side: dict[tuple[str, str], SideEntry] = {}


def register(*entries: Entry) -> None:
    """Add entries to the public menu; the same address again replaces the entry."""
    for entry in entries:
        _entries[entry.url_name] = entry


def register_side(*entries: SideEntry) -> None:
    """Add entries to the desk's side menu; the same address and query again replaces the entry."""
    for entry in entries:
        _side[(entry.url_name, entry.query)] = entry


def public_menu(actor: Actor | None, path: str, *, elder: bool = False) -> list[Link]:
    """Return the public menu for someone at an address; in large-text mode only what is essential."""
    signed_in = actor is not None and actor.is_signed_in
    found: list[tuple[Entry, str]] = []
    for entry in sorted(_entries.values(), key=lambda e: e.order):
        if entry.audience == ("signed_out" if signed_in else "signed_in") or (elder and not entry.essential):
            continue
        url = _address(entry.url_name)
        if url:
            found.append((entry, url))
    here = _best([url for _entry, url in found], path)
    return [Link(url, str(entry.title), entry.icon, url == here) for entry, url in found]


def side_menu(actor: Actor | None, path: str, query: str = "") -> list[Group]:
    """Return the desk's side menu with the figures of an actor."""
    if actor is None:
        return []
    rows: list[tuple[SideEntry, str]] = []
    for entry in sorted(_side.values(), key=lambda e: e.order):
        url = _address(entry.url_name)
        if url and (not entry.permission or allows(actor, entry.permission)):
            rows.append((entry, f"{url}?{entry.query}" if entry.query else url))
    here = _here([url for _entry, url in rows], path, query)
    groups: dict[str, list[Link]] = {}
    counts = _counted([entry.count(actor) if entry.count else None for entry, _url in rows])
    for (entry, url), count in zip(rows, counts, strict=True):
        groups.setdefault(str(entry.group), []).append(Link(url, str(entry.title), "", url == here, count))
    return [Group(title, tuple(links)) for title, links in groups.items()]


def first_place(actor: Actor) -> str:
    """Return the first page of the desk's menu that an actor may open; empty if there is none."""
    for entry in sorted(_side.values(), key=lambda e: e.order):
        url = _address(entry.url_name) if not entry.query else ""
        if url and (not entry.permission or allows(actor, entry.permission)):
            return url
    return ""


def _counted(given: list[int | QuerySet[Any] | None]) -> list[int | None]:
    """Return figures, counting all rows given in one query."""
    found = iter(count_together([each for each in given if isinstance(each, QuerySet)]))
    return [next(found) if isinstance(each, QuerySet) else each for each in given]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _best(urls: list[str], path: str) -> str:
    matches = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matches, key=len, default="")


def _here(urls: list[str], path: str, query: str) -> str:
    full = f"{path}?{query}" if query else path
    if full in urls:
        return full
    return _best([url for url in urls if "?" not in url], path)
