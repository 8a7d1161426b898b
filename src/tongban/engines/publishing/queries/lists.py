"""Lists of items: one column page by page, or the newest of many columns at once.

Lists read :class:`Placement` by one index; a mirroring column reads that of its source and then applies its own
emphasis (pinned and hidden items).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tongban.engines.publishing.models import Column
from tongban.engines.publishing.queries.frames import ColumnFrame
from tongban.foundation.clock.now import CHINA
from tongban.foundation.rows.statements import ready

PAGE = 20
DEEPEST_JUMP = 100_000
"""Most items a jump to a numbered page skips; further on only the links to the next page go."""


class Entry(NamedTuple):
    """One line of a list."""

    id: int
    title: str
    published_at: dt.datetime
    kind: str
    summary: str
    doc_no: str
    written_on: dt.date | None
    validity: str
    unit: str
    image_id: int | None
    pinned: bool = False

    @property
    def day(self) -> dt.date:
        """Return the day it was published, in China."""
        return self.published_at.astimezone(CHINA).date()


class Key(NamedTuple):
    """Where a page begins: everything older than this item (or newer, going back)."""

    at: dt.datetime
    id: int

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        return f"{int(self.at.timestamp() * 1_000_000)}-{self.id}"

    @classmethod
    def read(cls, text: str) -> Key | None:
        """Return the key in an address; None for anything else."""
        moment, dash, number = text.partition("-")
        if not (dash and moment.isascii() and number.isascii() and moment.isdigit() and number.isdigit()):
            return None
        if len(moment) > 16 or len(number) > 18:
            return None
        seconds, rest = divmod(int(moment), 1_000_000)
        try:
            return cls(dt.datetime.fromtimestamp(seconds, tz=dt.UTC).replace(microsecond=rest), int(number))
        except (OverflowError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a column."""

    entries: list[Entry]
    number: int
    total: int
    newer: Key | None
    older: Key | None

    @property
    def pages(self) -> int:
        """Return how many pages there are."""
        return max(1, -(-self.total // PAGE))


_FIELDS = "a.id, a.title, p.published_at, a.kind, a.summary, a.doc_no, a.written_on, a.validity, u.name, a.image_id"
_JOINED = "JOIN publishing_article a ON a.id = p.article_id JOIN organizations_unit u ON u.id = a.unit_id"
_HIDDEN = (
    "NOT EXISTS (SELECT 1 FROM publishing_localoverride o WHERE o.column_id = %(shown)s AND o.article_id = l.article_id"
    " AND o.kind = 'hidden' AND (o.until IS NULL OR o.until > %(at)s))"
)
_OLDER = (
    "SELECT article_id, published_at FROM publishing_placement l WHERE column_id = %(source)s AND live{bound}"  # noqa: S608
    " AND " + _HIDDEN + " ORDER BY published_at DESC, article_id DESC LIMIT %(most)s OFFSET %(skip)s"
)
_NEWER = (
    "SELECT article_id, published_at FROM publishing_placement l WHERE column_id = %(source)s AND live"  # noqa: S608
    " AND (published_at, article_id) > (%(moment)s, %(id)s)"
    " AND " + _HIDDEN + " ORDER BY published_at, article_id LIMIT %(most)s"
)


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with ready() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _page(inner: str, values: dict[str, Any]) -> list[Entry]:
    sql = f"SELECT {_FIELDS} FROM ({inner}) p {_JOINED} ORDER BY p.published_at DESC, p.article_id DESC"  # noqa: S608
    return [Entry(*row) for row in _rows(sql, values)]


def column_page(
    column: ColumnFrame,
    *,
    at: dt.datetime,
    number: int = 1,
    older_than: Key | None = None,
    newer_than: Key | None = None,
    until: dt.datetime | None = None,
) -> ListPage:
    """Return one page of a column, newest first; its pinned items head the first page.

    :param number: which page it is; without a key it is jumped to
    :param older_than: the last item of the page before
    :param newer_than: the first item of the page after
    :param until: only what was published before this moment
    """
    total = Column.objects.filter(pk=column.source_id).values_list("published_count", flat=True).get()
    values: dict[str, Any] = {"source": column.source_id, "shown": column.id, "at": at, "most": PAGE + 1, "skip": 0}
    if newer_than is not None:
        found = _page(_NEWER, {**values, "moment": newer_than.at, "id": newer_than.id})
        more_newer, entries = len(found) > PAGE, found[-PAGE:]
        return (
            ListPage(entries, max(1, number), total, _key(entries[0]) if more_newer else None, _key(entries[-1]))
            if (entries)
            else ListPage([], 1, total, None, None)
        )
    bound = ""
    if older_than is not None:
        bound = " AND (published_at, article_id) < (%(moment)s, %(id)s)"
        values.update(moment=older_than.at, id=older_than.id)
    else:
        number = max(1, min(number, DEEPEST_JUMP // PAGE))
        values["skip"] = (number - 1) * PAGE
        if until is not None:
            bound = " AND published_at < %(until)s"
            values["until"] = until
    found = _page(_OLDER.format(bound=bound), values)
    entries = found[:PAGE]
    later = _key(entries[-1]) if len(found) > PAGE else None
    is_first = number == 1 and older_than is None and until is None
    newer = None if is_first or not entries else _key(entries[0])
    if is_first:
        entries = _with_pinned(column, entries, at)
    return ListPage(entries, number, total, newer, later)


def _key(entry: Entry) -> Key:
    return Key(entry.published_at, entry.id)


def _with_pinned(column: ColumnFrame, entries: list[Entry], at: dt.datetime) -> list[Entry]:
    pinned = pinned_in([column], at=at).get(column.id, [])
    held = {entry.id for entry in pinned}
    return [*pinned, *(entry for entry in entries if entry.id not in held)]


_PINNED = f"""
SELECT o.column_id, {_FIELDS} FROM publishing_localoverride o
JOIN unnest(%(shown)s::bigint[], %(source)s::bigint[]) AS c(shown, source) ON c.shown = o.column_id
JOIN publishing_placement p ON p.column_id = c.source AND p.article_id = o.article_id AND p.live {_JOINED}
WHERE o.kind = 'pinned' AND (o.until IS NULL OR o.until > %(at)s) ORDER BY o.at DESC
"""  # noqa: S608


def pinned_in(columns: Sequence[ColumnFrame], *, at: dt.datetime) -> dict[int, list[Entry]]:
    """Return the items that columns keep at their top, by the column that shows them."""
    values = {"shown": [c.id for c in columns], "source": [c.source_id for c in columns], "at": at}
    found: dict[int, list[Entry]] = {}
    for shown, *row in _rows(_PINNED, values):
        found.setdefault(shown, []).append(Entry(*row)._replace(pinned=True))
    return found


_BLOCKS = f"""
SELECT c.shown, {_FIELDS}, EXISTS (
    SELECT 1 FROM publishing_localoverride o WHERE o.column_id = c.shown AND o.article_id = a.id AND o.kind = 'pinned'
    AND (o.until IS NULL OR o.until > %(at)s)) AS pinned
FROM unnest(%(shown)s::bigint[], %(source)s::bigint[]) AS c(shown, source)
CROSS JOIN LATERAL (
    (SELECT article_id, published_at FROM publishing_placement l WHERE column_id = c.source AND live
     AND NOT EXISTS (SELECT 1 FROM publishing_localoverride o WHERE o.column_id = c.shown AND o.article_id = l.article_id
                     AND o.kind = 'hidden' AND (o.until IS NULL OR o.until > %(at)s))
     ORDER BY published_at DESC, article_id DESC LIMIT %(most)s)
    UNION
    SELECT l.article_id, l.published_at FROM publishing_localoverride o
    JOIN publishing_placement l ON l.article_id = o.article_id AND l.column_id = c.source AND l.live
    WHERE o.column_id = c.shown AND o.kind = 'pinned' AND (o.until IS NULL OR o.until > %(at)s)
) p {_JOINED}
ORDER BY c.shown, pinned DESC, p.published_at DESC, a.id DESC
"""  # noqa: S608


def blocks(columns: Iterable[ColumnFrame], *, at: dt.datetime, most: int = 8) -> dict[int, list[Entry]]:
    """Return the newest items of many columns, pinned ones first, in one query."""
    wanted = list(columns)
    found: dict[int, list[Entry]] = {column.id: [] for column in wanted}
    if not wanted:
        return found
    values = {
        "shown": [column.id for column in wanted],
        "source": [column.source_id for column in wanted],
        "at": at,
        "most": most,
    }
    for shown, *row in _rows(_BLOCKS, values):
        if len(found[shown]) < most:
            found[shown].append(Entry(*row))
    return found


_AROUND = f"""
SELECT p.newer, {_FIELDS} FROM (
    (SELECT article_id, published_at, true AS newer FROM publishing_placement l WHERE column_id = %(source)s AND live
     AND (published_at, article_id) > (%(moment)s, %(id)s) AND {_HIDDEN}
     ORDER BY published_at, article_id LIMIT %(most)s)
    UNION ALL
    (SELECT article_id, published_at, false FROM publishing_placement l WHERE column_id = %(source)s AND live
     AND (published_at, article_id) < (%(moment)s, %(id)s) AND {_HIDDEN}
     ORDER BY published_at DESC, article_id DESC LIMIT %(most)s)
) p {_JOINED} ORDER BY p.published_at DESC, p.article_id DESC
"""  # noqa: S608


def around(column: ColumnFrame, key: Key, *, at: dt.datetime, most: int = 3) -> tuple[list[Entry], list[Entry]]:
    """Return the items of a column right after and right before one, newest first."""
    values = {
        "source": column.source_id, "shown": column.id, "moment": key.at, "id": key.id, "most": most, "at": at,
    }  # fmt: skip
    rows = _rows(_AROUND, values)
    return [Entry(*row[1:]) for row in rows if row[0]], [Entry(*row[1:]) for row in rows if not row[0]]


def column_times(columns: Iterable[ColumnFrame]) -> dict[int, tuple[int, dt.datetime | None]]:
    """Return of each column how many items it shows and when the last one came."""
    wanted = list(columns)
    rows = Column.objects.filter(pk__in={column.source_id for column in wanted}).values_list(
        "pk", "published_count", "last_published_at"
    )
    known = {pk: (count, last) for pk, count, last in rows}
    return {column.id: known.get(column.source_id, (0, None)) for column in wanted}
