"""How often pages were read, within what the reader answers for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tongban.engines.publishing.models import Column, Site
from tongban.engines.publishing.permissions import VISITS
from tongban.engines.publishing.queries.line import Part
from tongban.engines.publishing.rules.visiting import DayVisits
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import scopes, visible
from tongban.foundation.organizations.roles import Scope
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.statements import ready

_TOTAL = "SELECT to_json(coalesce(sum(count), 0)) FROM publishing_sitevisits WHERE site_id = %(visited)s::bigint"


def visits_part(site: int) -> Part:
    """Return how :func:`total_visits` is read together with a page."""
    return Part(_TOTAL, {"visited": site}, int)


def total_visits(site: int) -> int:
    """Return how often people read pages of a site in all; robots are not in it."""
    with ready() as cursor:
        cursor.execute("SELECT coalesce(sum(count), 0) FROM publishing_sitevisits WHERE site_id = %s", (site,))
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Reach:
    """Which figures an actor may see: all of some sites, and of others only the columns the unit answers for."""

    sites: tuple[Site, ...]
    whole: frozenset[int]
    columns: tuple[int, ...] = ()

    def at(self, site: Site | None) -> Reach:
        """Return the same of one site only."""
        return self if site is None else Reach((site,), self.whole & {site.pk}, self.columns)

    @property
    def values(self) -> dict[str, Any]:
        """Return the parameters of the statements below."""
        parts = [site.pk for site in self.sites if site.pk not in self.whole]
        return {"whole": sorted(self.whole), "parts": parts, "columns": list(self.columns)}


def reach(actor: Actor) -> Reach:
    """Return what an actor may see: its unit's sites and columns; everything for the unit that runs the main site."""
    every = list(Site.objects.order_by("order", "code"))
    unit = actor.unit.pk if actor.unit else None
    held = scopes(actor, VISITS.code)
    if held and any(site.kind == Site.Kind.MAIN and site.unit_id == unit for site in every):
        return Reach(tuple(every), frozenset(site.pk for site in every))
    whole = frozenset(visible(actor, VISITS.code, Site.objects.all()).values_list("pk", flat=True))
    columns: dict[int, int] = {}
    if Scope.UNIT in held:
        rows = Column.objects.filter(unit=unit, is_open=True).exclude(site__in=whole)
        columns = dict(rows.values_list("pk", "site"))
    sites = tuple(site for site in every if site.pk in whole or site.pk in columns.values())
    return Reach(sites, whole, tuple(columns))


class Sums(NamedTuple):
    """Views by people and by robots."""

    people: int
    robots: int


class Line(NamedTuple):
    """Views of a site or a column."""

    id: int
    people: int
    robots: int


class PageLine(NamedTuple):
    """Views of one page: an article, or (without one) the list of a column, or the pages of a site in no column."""

    site: int
    column: int | None
    article: int | None
    title: str
    status: str
    people: int
    robots: int


# A site's own row stands for the whole site; only where a reader sees parts of it are its columns added up.
_SCOPED = """(
    SELECT site_id, NULL::bigint AS column_id, day, count, robots FROM publishing_sitevisits WHERE site_id = ANY(%(whole)s)
    UNION ALL
    SELECT site_id, column_id, day, count, robots FROM publishing_columnvisits
    WHERE site_id = ANY(%(parts)s) AND column_id = ANY(%(columns)s)
) v"""
_COLUMNS = """publishing_columnvisits v
WHERE (v.site_id = ANY(%(whole)s) OR (v.site_id = ANY(%(parts)s) AND v.column_id = ANY(%(columns)s)))"""
_PEOPLE = "coalesce(sum(v.count), 0)::bigint, coalesce(sum(v.robots), 0)::bigint"
_PAGES = """
SELECT t.site, t.col, t.article, coalesce(a.title, ''), coalesce(a.status, ''), t.people, t.robots FROM (
    SELECT min(v.site_id) AS site, min(v.column_id) AS col, v.article_id AS article,
        sum(v.count)::bigint AS people, sum(v.robots)::bigint AS robots
    FROM publishing_visitcount v
    WHERE (v.site_id = ANY(%(whole)s) OR (v.site_id = ANY(%(parts)s) AND v.column_id = ANY(%(columns)s)))
      AND v.day BETWEEN %(since)s AND %(until)s
    GROUP BY v.article_id, CASE WHEN v.article_id IS NULL THEN v.site_id END,
        CASE WHEN v.article_id IS NULL THEN coalesce(v.column_id, 0) END
    ORDER BY people DESC, article, site, col LIMIT %(most)s
) t LEFT JOIN publishing_article a ON a.id = t.article ORDER BY t.people DESC, t.article, t.site, t.col
"""


def _rows(sql: str, held: Reach, **values: Any) -> Sequence[tuple[Any, ...]]:
    with ready() as cursor:
        cursor.execute(sql, {**held.values, **values})
        return list(cursor.fetchall())


def visits_of_days(held: Reach, *, since: dt.date, until: dt.date) -> list[DayVisits]:
    """Return every day of a period with its views, the first day first; days without any are there with zeros."""
    sql = f"SELECT v.day, {_PEOPLE} FROM {_SCOPED} WHERE v.day BETWEEN %(since)s AND %(until)s GROUP BY v.day"  # noqa: S608
    found = {day: DayVisits(day, people, robots) for day, people, robots in _rows(sql, held, since=since, until=until)}
    days = (since + dt.timedelta(days=step) for step in range((until - since).days + 1))
    return [found.get(day) or DayVisits(day, 0, 0) for day in days]


def visits_ever(held: Reach) -> Sums:
    """Return all views since counting began."""
    return Sums(*_rows(f"SELECT {_PEOPLE} FROM {_SCOPED}", held)[0])  # noqa: S608


def visits_of_sites(held: Reach, *, since: dt.date, until: dt.date) -> list[Line]:
    """Return the sites with their views, the most read first."""
    sql = f"SELECT v.site_id, {_PEOPLE} FROM {_SCOPED} WHERE v.day BETWEEN %(since)s AND %(until)s GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608
    return [Line(*row) for row in _rows(sql, held, since=since, until=until)]


def visits_of_columns(held: Reach, *, since: dt.date, until: dt.date, most: int = 20) -> list[Line]:
    """Return the columns that people read most, articles read in them included."""
    sql = (
        f"SELECT v.column_id, {_PEOPLE} FROM {_COLUMNS} AND v.column_id IS NOT NULL "  # noqa: S608
        "AND v.day BETWEEN %(since)s AND %(until)s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s"
    )
    return [Line(*row) for row in _rows(sql, held, since=since, until=until, most=most)]


def visits_of_pages(held: Reach, *, since: dt.date, until: dt.date, most: int = 20) -> list[PageLine]:
    """Return the pages that people read most: articles (wherever they were read), lists, homes."""
    return [PageLine(*row) for row in _rows(_PAGES, held, since=since, until=until, most=most)]


def column_titles(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return names of columns with the names of their sites, in the reader's language."""
    rows = Column.objects.filter(pk__in=keys).select_related("site")
    return {row.pk: (localized(row.name), localized(row.site.short_name) or localized(row.site.name)) for row in rows}
