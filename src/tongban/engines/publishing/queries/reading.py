"""One article as a reader sees it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tongban.engines.publishing.models import Article, Attachment, MediaItem, Subject, Withdrawal
from tongban.engines.publishing.queries.frames import MARK, ColumnFrame, Group, SiteFrame
from tongban.engines.publishing.queries.line import Part, Rows, at_once, rows_of
from tongban.engines.publishing.queries.lists import FIELDS, JOINED, Entry, entry, hidden
from tongban.engines.publishing.queries.stamps import Stamps, stamps_read
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit
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
    related: list[tuple[int, str, dt.datetime]] = field(default_factory=list)
    """Public articles to be read with it: number, title, date."""
    stamps: Stamps = field(default_factory=dict)
    """Those of the site and of the columns the page may be made from, at the moment of reading."""
    mark: str = ""
    """The frames of that moment."""


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
AROUND = 3


@cache
def _rows() -> dict[str, Rows]:
    return {
        "article": rows_of(Article, "a", without=_UNREAD),
        "unit": rows_of(Unit, "u"),
        "subject": rows_of(Subject, "s"),
        "image": rows_of(MediaItem, "m"),
        "linked": rows_of(Article, "k", only=_LINKED),
        "attachment": rows_of(Attachment, "f"),
        "file": rows_of(StoredFile, "d"),
    }


_FOUND = "SELECT * FROM publishing_article WHERE id = %(pk)s::bigint AND status = 'published'"
_STANDS = """
SELECT c.id, p.column_id AS source, p.published_at FROM publishing_placement p
CROSS JOIN LATERAL (
    SELECT id, 0 AS mirrors FROM publishing_column WHERE id = p.column_id AND id = ANY(%(columns)s::bigint[])
    UNION ALL SELECT id, 1 FROM publishing_column WHERE mirror_of_id = p.column_id AND id = ANY(%(columns)s::bigint[])
) c WHERE p.article_id = %(pk)s::bigint AND p.live ORDER BY c.mirrors, c.id LIMIT 1
"""
_BESIDE = f"""
SELECT json_agg(json_build_array(p.newer, {FIELDS}) ORDER BY p.published_at DESC, p.article_id DESC) FROM ({_STANDS}) w
CROSS JOIN LATERAL (
    (SELECT article_id, published_at, true AS newer FROM publishing_placement l WHERE column_id = w.source AND live
     AND (published_at, article_id) > (w.published_at, %(pk)s::bigint) AND {hidden("w.id")}
     ORDER BY published_at, article_id LIMIT {AROUND})
    UNION ALL
    (SELECT article_id, published_at, false FROM publishing_placement l WHERE column_id = w.source AND live
     AND (published_at, article_id) < (w.published_at, %(pk)s::bigint) AND {hidden("w.id")}
     ORDER BY published_at DESC, article_id DESC LIMIT {AROUND})
) p {JOINED}
"""  # noqa: S608
_STAMPS = f"""
SELECT json_agg(json_build_array(kind, id, stamp)) FROM (
    SELECT 's' AS kind, id, stamp FROM publishing_site WHERE id = %(site)s::bigint
    UNION ALL SELECT 'c', id, stamp FROM publishing_column WHERE id IN (
        SELECT column_id FROM publishing_placement WHERE article_id = %(pk)s::bigint AND live
        UNION ALL SELECT w.id FROM ({_STANDS}) w)
) e
"""  # noqa: S608
_PLACED = (
    "SELECT json_agg(json_build_array(column_id, published_at, is_home)) FROM publishing_placement"
    " WHERE article_id = %(pk)s::bigint AND live"
)

_RELATED = """
SELECT json_agg(json_build_array(a.id, a.title, a.published_at) ORDER BY r."order") FROM publishing_related r
JOIN publishing_article a ON a.id = r.other_id AND a.status = 'published' WHERE r.article_id = %(pk)s::bigint
"""


@cache
def _row_sql() -> str:
    rows = _rows()
    return f"""
    SELECT json_build_array({rows["article"].sql}, {rows["unit"].sql},
        (SELECT {rows["subject"].sql} FROM publishing_subject s WHERE s.id = a.subject_id),
        (SELECT {rows["image"].sql} FROM publishing_mediaitem m WHERE m.id = a.image_id),
        (SELECT {rows["linked"].sql} FROM publishing_article k WHERE k.id = a.abolished_by_id))
    FROM ({_FOUND}) a JOIN organizations_unit u ON u.id = a.unit_id
    """  # noqa: S608


@cache
def _links_sql() -> str:
    return f"""
    SELECT json_agg({_rows()["linked"].sql} ORDER BY k.id DESC) FROM publishing_article k
    WHERE k.status = 'published' AND k.id <> %(pk)s::bigint AND (k.abolished_by_id = %(pk)s::bigint
        OR k.translation_of_id = (SELECT coalesce(translation_of_id, id) FROM publishing_article WHERE id = %(pk)s::bigint)
        OR k.id = (SELECT translation_of_id FROM publishing_article WHERE id = %(pk)s::bigint))
    """  # noqa: S608


@cache
def _files_sql() -> str:
    return f"""
    SELECT json_agg(json_build_array({_rows()["attachment"].sql}, {_rows()["file"].sql}) ORDER BY f."order", f.id)
    FROM publishing_attachment f JOIN files_storedfile d ON d.id = f.file_id WHERE f.article_id = %(pk)s::bigint
    """  # noqa: S608


def _article(value: Any) -> Article | None:
    if value is None:
        return None
    whole, unit, subject, image, successor = value
    rows = _rows()
    row: Article = rows["article"].make(whole)
    row.unit = rows["unit"].make(unit)
    if subject:
        row.subject = rows["subject"].make(subject)
    if image:
        row.image = rows["image"].make(image)
    if successor:
        row.abolished_by = rows["linked"].make(successor)
    return row


def _attachments(value: Any) -> list[Attachment]:
    found = []
    for attached, file in value or ():
        row: Attachment = _rows()["attachment"].make(attached)
        row.file = _rows()["file"].make(file)
        found.append(row)
    return found


def _linked(value: Any) -> list[Article]:
    return [_rows()["linked"].make(each) for each in value or ()]


def _related(value: Any) -> list[tuple[int, str, dt.datetime]]:
    return [(pk, title, dt.datetime.fromisoformat(at)) for pk, title, at in value or ()]


def _placed(value: Any) -> list[tuple[int, dt.datetime, bool]]:
    return [(column, dt.datetime.fromisoformat(at), is_home) for column, at, is_home in value or ()]


def _beside(value: Any) -> tuple[list[Entry], list[Entry]]:
    rows = value or ()
    return [entry(row[1:]) for row in rows if row[0]], [entry(row[1:]) for row in rows if not row[0]]


def published(pk: int) -> Article | None:
    """Return an article that the public may see, with its unit, subject, picture and successor."""
    found: Article | None = at_once(Part(_row_sql(), {"pk": pk}, _article))[0]
    return found


def read(group: Group, site: SiteFrame, pk: int, *, at: dt.datetime) -> Reading | None:
    """Return an article as a site shows it; None if the public may not see it or the site does not show it."""
    one, where = {"pk": pk}, {"pk": pk, "columns": list(site.columns), "site": site.id, "at": at}
    article, rows, beside, links, attachments, related, stamps, mark = at_once(
        Part(_row_sql(), one, _article),
        Part(_PLACED, one, _placed),
        Part(_BESIDE, where, _beside),
        Part(_links_sql(), one, _linked),
        Part(_files_sql(), one, _attachments),
        Part(_RELATED, one, _related),
        Part(_STAMPS, where, stamps_read),
        MARK,
    )
    shown = where_shown(group, site, rows)
    if article is None or shown is None:
        return None
    newer, older = beside
    return Reading(
        article=article,
        shown=shown,
        home=home_of(group, rows),
        placed_in=tuple(column for column, _at, _home in rows),
        attachments=attachments,
        newer=newer,
        older=older,
        abolishes=[row for row in links if row.abolished_by_id == pk],
        translations=[row for row in links if row.abolished_by_id != pk],
        related=related,
        stamps=stamps,
        mark=mark,
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
