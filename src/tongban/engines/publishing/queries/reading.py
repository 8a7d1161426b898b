"""One article as a reader sees it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tongban.engines.publishing.models import Article, Attachment, Withdrawal
from tongban.engines.publishing.queries.frames import ColumnFrame, Group, SiteFrame
from tongban.engines.publishing.queries.lists import Entry, Key, around
from tongban.foundation.rows.statements import ready


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an article stands on a site, and since when."""

    site: SiteFrame
    column: ColumnFrame
    published_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """A published article with everything its page shows."""

    article: Article
    shown: Shown
    home: Shown | None
    placed_in: tuple[int, ...]
    """Every column that holds it: a change of any of them may change this page."""
    attachments: list[Attachment]
    newer: list[Entry]
    older: list[Entry]
    abolishes: list[Article]
    translations: list[Article]


_PLACES = "SELECT column_id, published_at, is_home FROM publishing_placement WHERE article_id = %s AND live"


def places(pk: int) -> list[tuple[int, dt.datetime, bool]]:
    """Return the columns that hold an article now: column, since when, whether it is its home."""
    with ready() as cursor:
        cursor.execute(_PLACES, (pk,))
        return list(cursor.fetchall())


def where_shown(group: Group, site: SiteFrame, rows: list[tuple[int, dt.datetime, bool]]) -> Shown | None:
    """Return where a site shows an article; a column of its own before one that mirrors."""
    dates = {column: at for column, at, _home in rows}
    found = site.of_source(set(dates))
    if not found:
        return None
    best = min(found, key=lambda column: (column.source_id != column.id, column.id))
    return Shown(site, best, dates[best.source_id])


def home_of(group: Group, rows: list[tuple[int, dt.datetime, bool]]) -> Shown | None:
    """Return the home of an article: its site and column."""
    for column, at, is_home in rows:
        found = group.column(column)
        if is_home and found is not None:
            return Shown(found[0], found[1], at)
    return None


def published(pk: int) -> Article | None:
    """Return an article that the public may see."""
    return (
        Article.objects.filter(pk=pk, status=Article.Status.PUBLISHED)
        .select_related("unit", "subject", "image", "abolished_by")
        .defer("search_title", "search_text", "search_grams")
        .first()
    )


def read(group: Group, site: SiteFrame, pk: int, *, at: dt.datetime) -> Reading | None:
    """Return an article as a site shows it; None if the public may not see it or the site does not show it."""
    article = published(pk)
    if article is None:
        return None
    rows = places(pk)
    shown = where_shown(group, site, rows)
    if shown is None:
        return None
    newer, older = around(shown.column, Key(shown.published_at, pk), at=at)
    links = _links(article)
    return Reading(
        article=article,
        shown=shown,
        home=home_of(group, rows),
        placed_in=tuple(column for column, _at, _home in rows),
        attachments=list(article.attachments.select_related("file")),
        newer=newer,
        older=older,
        abolishes=[row for row in links if row.abolished_by_id == pk],
        translations=[row for row in links if row.abolished_by_id != pk],
    )


def _links(article: Article) -> list[Article]:
    """Return published articles that point to one, or translate the same text."""
    origin = article.translation_of_id or article.pk
    links = Q(abolished_by=article.pk) | Q(translation_of=origin) | Q(pk=origin)
    return list(
        Article.objects.filter(links, status=Article.Status.PUBLISHED)
        .exclude(pk=article.pk)
        .only("id", "title", "doc_no", "language", "abolished_by_id", "translation_of_id", "validity", "written_on")
        .order_by("-written_on", "-pk")
    )


def withdrawn_note(pk: int) -> dict[str, Any] | None:
    """Return what the address of a withdrawn or expired article answers; None if there never was such an article."""
    row = (
        Article.objects.filter(
            pk=pk, status__in=(Article.Status.WITHDRAWN, Article.Status.EXPIRED), first_published_at__isnull=False
        )
        .values("status", "changed_at")
        .first()
    )
    if row is None:
        return None
    last = Withdrawal.objects.filter(article=pk, lifted_at__isnull=True).order_by("-at").first()
    return {
        "expired": row["status"] == Article.Status.EXPIRED,
        "note": last.public_note if last else "",
        "at": last.at if last else row["changed_at"],
    }
