"""Look at a site's pages as a visitor: page tags, accessibility, validity, links."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tongban.affairs.disclosure.addresses import Addresses
from tongban.affairs.disclosure.fetching import Fetch, Fetched
from tongban.affairs.disclosure.models import LinkCheck
from tongban.affairs.disclosure.models.inspection import LONGEST_LINK
from tongban.affairs.disclosure.queries.upkeep import guides_to_look_at, pages_to_look_at
from tongban.affairs.disclosure.rules.inspection import Check, Problem
from tongban.affairs.disclosure.rules.pages import ARTICLE_PAGE, COLUMN_PAGE, EVERY_PAGE, Fault, PageSource
from tongban.engines.publishing.models import Article, Column, Site

SECONDS = 15.0
LINK_SECONDS = 8.0
MOST_ARTICLES = 40
MOST_LINKS = 300
FRESH = dt.timedelta(days=2)
OWN_LINKS = dt.timedelta(hours=12)
OTHER_LINKS = dt.timedelta(days=7)
DEAD_AFTER = 2
GONE = frozenset({404, 410})
OK_FROM, OK_TO = 200, 400
REFUSES_ROBOTS = frozenset({401, 403, 405, 429})
"""Answers by which a server refuses the question, not the page."""


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    required: tuple[str, ...]
    unit_id: int
    column: Column | None = None
    article: Article | None = None


@dataclass(slots=True)
class Looking:
    """One night's look; answers are shared between the sites."""

    addresses: Addresses
    fetch: Fetch
    moment: dt.datetime
    looked_at: set[str] = field(default_factory=set)
    _tried: dict[str, bool] = field(default_factory=dict)

    def at(self, site: Site) -> Iterator[Problem]:
        """Yield what is wrong with a page of each type: home, columns, articles, search and the like, the service hall's."""
        links: dict[str, _Page] = {}
        for page in self._pages(site):
            got = self.fetch(page.url, SECONDS)
            self.looked_at.add(page.url)
            if not got.is_ok or not got.html:
                yield self._problem(site, page, Check.DEAD_LINK, page.url, {"status": got.status, "link": page.url})
                continue
            source = PageSource(got.html, page.url)
            yield from self._faults(site, page, source)
            for link in source.links():
                links.setdefault(link, page)
        yield from self._dead(site, links)

    def _pages(self, site: Site) -> Iterator[_Page]:
        columns, articles = pages_to_look_at(site, since=self.moment - FRESH, most=MOST_ARTICLES)
        yield _Page(self.addresses.base(site), EVERY_PAGE, site.unit_id)
        for column in columns:
            address = self.addresses.column(site, column)
            yield _Page(address, EVERY_PAGE + COLUMN_PAGE, column.unit_id, column)
        for address in self.addresses.others(site):
            yield _Page(address, EVERY_PAGE, site.unit_id)
        for code, unit_id in guides_to_look_at(site, night=self.moment):
            yield _Page(self.addresses.guide(site, code), EVERY_PAGE, unit_id)
        for article in articles:
            address = self.addresses.article(site, article)
            yield _Page(address, EVERY_PAGE + ARTICLE_PAGE, article.column.unit_id, article.column, article)

    def _faults(self, site: Site, page: _Page, source: PageSource) -> Iterator[Problem]:
        host = urlsplit(page.url).hostname or ""
        found: dict[Check, list[Fault]] = {
            Check.TAGS: source.tag_faults(page.required, host=host),
            Check.ACCESSIBILITY: source.accessibility_faults(),
            Check.MARKUP: source.markup_faults(),
        }
        for check, faults in found.items():
            if faults:
                words = [fault.code if not fault.detail else f"{fault.code}: {fault.detail}" for fault in faults[:8]]
                params: dict[str, str | int] = {"count": len(faults), "faults": "; ".join(words)}
                yield self._problem(site, page, check, page.url, params)

    def _dead(self, site: Site, links: dict[str, _Page]) -> Iterator[Problem]:
        """Try links, those that failed and those not tried for longest first, so that none waits for ever."""
        wanted = [link for link in links if len(link) <= LONGEST_LINK]
        known = {row.url: row for row in LinkCheck.objects.filter(url__in=wanted)}
        own = urlsplit(self.addresses.base(site)).netloc
        for link in sorted(wanted, key=lambda each: _turn(known.get(each)))[:MOST_LINKS]:
            if not self._alive(link, known.get(link), own=urlsplit(link).netloc == own):
                page = links[link]
                yield self._problem(site, page, Check.DEAD_LINK, link, {"link": link, "on": page.url})

    def _alive(self, link: str, row: LinkCheck | None, *, own: bool) -> bool:
        held = self._tried.get(link)
        if held is None:
            held = self._tried[link] = self._try(link, row, own=own)
        return held

    def _try(self, link: str, row: LinkCheck | None, *, own: bool) -> bool:
        """Ask for an address unless it was asked for lately; dead means gone, or failed on two nights."""
        wait = OWN_LINKS if own else OTHER_LINKS
        if row is not None and row.failures == 0 and self.moment - row.checked_at < wait:
            return True
        got = self.fetch(link, SECONDS if own else LINK_SECONDS)
        fine = _is_fine(got)
        failures = 0 if fine else (row.failures if row else 0) + 1
        LinkCheck.objects.update_or_create(
            url=link, defaults={"checked_at": self.moment, "status": got.status, "failures": failures}
        )
        return fine or (got.status not in GONE and failures < DEAD_AFTER)

    def _problem(self, site: Site, page: _Page, check: Check, about: str, params: dict[str, str | int]) -> Problem:
        return Problem(
            check,
            about,
            site.pk,
            page.unit_id,
            page.column.pk if page.column else None,
            page.article.pk if page.article else None,
            url=page.url,
            params=params,
        )


def _is_fine(got: Fetched) -> bool:
    return OK_FROM <= got.status < OK_TO or got.status in REFUSES_ROBOTS


def _turn(row: LinkCheck | None) -> tuple[int, float]:
    """Return when it is a link's turn: failed ones, new ones, then the longest untried."""
    if row is None:
        return (1, 0.0)
    return (0 if row.failures else 2, row.checked_at.timestamp())
