"""One article as a reader sees it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tongban.engines.publishing.models import Article, Attachment, MediaItem, Subject, Withdrawal
from tongban.engines.publishing.queries.frames import ColumnFrame, Group, SiteFrame
from tongban.engines.publishing.queries.lists import Entry, Key, around
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit
from tongban.foundation.rows.statements import load, ready


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


_UNREAD = ("search_title", "search_text", "search_grams")
_LINKED = ("id", "title", "doc_no", "language", "abolished_by", "translation_of", "validity", "written_on", "status")


def published(pk: int) -> Article | None:
    """Return an article that the public may see, with its unit, subject, picture and successor."""
    found = load(Article, "id = %s AND status = 'published'", pk, without=_UNREAD)
    if not found:
        return None
    (row,) = found
    row.unit = load(Unit, "id = %s", row.unit_id)[0]
    if row.subject_id:
        row.subject = load(Subject, "id = %s", row.subject_id)[0]
    if row.image_id:
        row.image = load(MediaItem, "id = %s", row.image_id)[0]
    if row.abolished_by_id:
        row.abolished_by = load(Article, "id = %s", row.abolished_by_id, only=_LINKED)[0]
    return row


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
        attachments=_attachments(article),
        newer=newer,
        older=older,
        abolishes=[row for row in links if row.abolished_by_id == pk],
        translations=[row for row in links if row.abolished_by_id != pk],
    )


def _links(article: Article) -> list[Article]:
    """Return published articles that point to one, or translate the same text."""
    origin = article.translation_of_id or article.pk
    condition = "status = 'published' AND (abolished_by_id = %s OR translation_of_id = %s OR id = %s)"
    found = load(Article, condition, article.pk, origin, origin, only=_LINKED)
    return [row for row in reversed(found) if row.pk != article.pk]


def _attachments(article: Article) -> list[Attachment]:
    found = load(Attachment, "article_id = %s", article.pk)
    files = (
        {file.pk: file for file in StoredFile.objects.filter(pk__in=[row.file_id for row in found])} if found else {}
    )
    for row in found:
        row.file = files[row.file_id]
    return sorted(found, key=lambda row: (row.order, row.pk))


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
