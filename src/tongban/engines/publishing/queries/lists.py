"""Lists of items: one column page by page, or the newest of many columns at once.

Lists read :class:`Placement` by one index; a mirroring column reads that of its source and then applies its own
emphasis (pinned and hidden items).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tongban.engines.publishing.models import Column
from tongban.engines.publishing.queries.frames import ColumnFrame
from tongban.engines.publishing.queries.line import Part, at_once
from tongban.foundation.clock.now import CHINA

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


FIELDS = "a.id, a.title, p.published_at, a.kind, a.summary, a.doc_no, a.written_on, a.validity, u.name, a.image_id"
JOINED = "JOIN publishing_article a ON a.id = p.article_id JOIN organizations_unit u ON u.id = a.unit_id"


def entry(row: Sequence[Any]) -> Entry:
    """Return a line of a list from its JSON."""
    pk, title, at, kind, summary, doc_no, written, validity, unit, image, *pinned = row
    return Entry(
        pk, title, dt.datetime.fromisoformat(at), kind, summary, doc_no, dt.date.fromisoformat(written) if written else None,
        validity, unit, image, *pinned,
    )  # fmt: skip


def entries(rows: Any) -> list[Entry]:
    """Return lines of a list from their JSON."""
    return [entry(row) for row in rows or ()]


def hidden(shown: str) -> str:
    """Return the condition that a column does not hide an item ``l``.

    :param shown: what gives the column's number
    """
    return (
        f"NOT EXISTS (SELECT 1 FROM publishing_localoverride o WHERE o.column_id = {shown} AND o.article_id = l.article_id"  # noqa: S608
        " AND o.kind = 'hidden' AND (o.until IS NULL OR o.until > %(at)s::timestamptz))"
    )


_SHOWN = hidden("%(shown)s::bigint")
_MARKED = "(%(moment)s::timestamptz, %(id)s::bigint)"
_OLDER = (
    "SELECT article_id, published_at FROM publishing_placement l WHERE column_id = %(source)s::bigint AND live{bound}"  # noqa: S608
    " AND " + _SHOWN + " ORDER BY published_at DESC, article_id DESC LIMIT %(most)s::bigint OFFSET %(skip)s::bigint"
)
_NEWER = (
    "SELECT article_id, published_at FROM publishing_placement l WHERE column_id = %(source)s::bigint AND live"  # noqa: S608
    " AND (published_at, article_id) > "
    + _MARKED
    + " AND "
    + _SHOWN
    + " ORDER BY published_at, article_id LIMIT %(most)s::bigint"
)
_TOTAL = "SELECT to_json(published_count) FROM publishing_column WHERE id = %(source)s::bigint"


def _listing(inner: str, values: dict[str, Any]) -> Part:
    order = "p.published_at DESC, p.article_id DESC"
    return Part(
        f"SELECT json_agg(json_build_array({FIELDS}) ORDER BY {order}) FROM ({inner}) p {JOINED}",  # noqa: S608
        values,
        entries,
    )


NONE: Mapping[int, list[Entry]] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a column that shall be read: which parts to read, and how to put it together of them."""

    parts: tuple[Part, ...]
    number: int
    backwards: bool = False
    is_first: bool = False

    def page(self, total: int, found: list[Entry], pinned: Mapping[int, list[Entry]] = NONE) -> ListPage:
        """Return the page from what the parts gave."""
        if self.backwards:
            kept = found[-PAGE:]
            if not kept:
                return ListPage([], 1, total, None, None)
            return ListPage(kept, self.number, total, _key(kept[0]) if len(found) > PAGE else None, _key(kept[-1]))
        kept = found[:PAGE]
        older = _key(kept[-1]) if len(found) > PAGE else None
        newer = None if self.is_first or not kept else _key(kept[0])
        tops = [one for heads in pinned.values() for one in heads]
        held = {one.id for one in tops}
        return ListPage([*tops, *(one for one in kept if one.id not in held)], self.number, total, newer, older)


def page_wanted(
    column: ColumnFrame,
    *,
    at: dt.datetime,
    number: int = 1,
    older_than: Key | None = None,
    newer_than: Key | None = None,
    until: dt.datetime | None = None,
) -> Wanted:
    """Return how one page of a column is read; see :func:`column_page`."""
    values: dict[str, Any] = {"source": column.source_id, "shown": column.id, "at": at, "most": PAGE + 1}
    total = Part(_TOTAL, {"source": column.source_id}, lambda count: int(count or 0))
    if newer_than is not None:
        listing = _listing(_NEWER, {**values, "moment": newer_than.at, "id": newer_than.id})
        return Wanted((total, listing), max(1, number), backwards=True)
    bound, skip = "", 0
    if older_than is not None:
        bound = f" AND (published_at, article_id) < {_MARKED}"
        values.update(moment=older_than.at, id=older_than.id)
    else:
        number = max(1, min(number, DEEPEST_JUMP // PAGE))
        skip = (number - 1) * PAGE
        if until is not None:
            bound = " AND published_at < %(until)s::timestamptz"
            values["until"] = until
    listing = _listing(_OLDER.format(bound=bound), {**values, "skip": skip})
    if number == 1 and older_than is None and until is None:
        return Wanted((total, listing, pinned_part([column], at=at)), number, is_first=True)
    return Wanted((total, listing), number)


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
    wanted = page_wanted(column, at=at, number=number, older_than=older_than, newer_than=newer_than, until=until)
    return wanted.page(*at_once(*wanted.parts))


def _key(one: Entry) -> Key:
    return Key(one.published_at, one.id)


_PINNED = f"""
SELECT json_agg(json_build_array(o.column_id, {FIELDS}) ORDER BY o.at DESC) FROM publishing_localoverride o
JOIN unnest(%(pin_shown)s::bigint[], %(pin_source)s::bigint[]) AS c(shown, source) ON c.shown = o.column_id
JOIN publishing_placement p ON p.column_id = c.source AND p.article_id = o.article_id AND p.live {JOINED}
WHERE o.kind = 'pinned' AND (o.until IS NULL OR o.until > %(at)s::timestamptz)
"""  # noqa: S608


def pinned_part(columns: Sequence[ColumnFrame], *, at: dt.datetime) -> Part:
    """Return how the items that columns keep at their top are read."""
    values = {"pin_shown": [c.id for c in columns], "pin_source": [c.source_id for c in columns], "at": at}

    def read(rows: Any) -> dict[int, list[Entry]]:
        found: dict[int, list[Entry]] = {}
        for shown, *row in rows or ():
            found.setdefault(shown, []).append(entry(row)._replace(pinned=True))
        return found

    return Part(_PINNED, values, read)


def pinned_in(columns: Sequence[ColumnFrame], *, at: dt.datetime) -> dict[int, list[Entry]]:
    """Return the items that columns keep at their top, by the column that shows them."""
    found: dict[int, list[Entry]] = at_once(pinned_part(columns, at=at))[0]
    return found


_BLOCKS = f"""
SELECT json_agg(json_build_array(b.shown, {FIELDS}, b.pinned) ORDER BY b.shown, b.pinned DESC, b.published_at DESC, b.article_id DESC)
FROM (
    SELECT c.shown, p.article_id, p.published_at, EXISTS (
        SELECT 1 FROM publishing_localoverride o WHERE o.column_id = c.shown AND o.article_id = p.article_id
        AND o.kind = 'pinned' AND (o.until IS NULL OR o.until > %(at)s::timestamptz)) AS pinned
    FROM unnest(%(blocks_shown)s::bigint[], %(blocks_source)s::bigint[]) AS c(shown, source)
    CROSS JOIN LATERAL (
        (SELECT article_id, published_at FROM publishing_placement l WHERE column_id = c.source AND live
         AND {hidden("c.shown")} ORDER BY published_at DESC, article_id DESC LIMIT %(most)s::bigint)
        UNION
        SELECT l.article_id, l.published_at FROM publishing_localoverride o
        JOIN publishing_placement l ON l.article_id = o.article_id AND l.column_id = c.source AND l.live
        WHERE o.column_id = c.shown AND o.kind = 'pinned' AND (o.until IS NULL OR o.until > %(at)s::timestamptz)
    ) p
) b CROSS JOIN LATERAL (SELECT b.article_id, b.published_at) p {JOINED}
"""  # noqa: S608


def blocks_part(columns: Iterable[ColumnFrame], *, at: dt.datetime, most: int = 8) -> Part:
    """Return how the newest items of many columns are read."""
    wanted = list(columns)
    values = {
        "blocks_shown": [column.id for column in wanted],
        "blocks_source": [column.source_id for column in wanted],
        "at": at,
        "most": most,
    }

    def read(rows: Any) -> dict[int, list[Entry]]:
        found: dict[int, list[Entry]] = {column.id: [] for column in wanted}
        for shown, *row in rows or ():
            held = found[shown]
            if len(held) < most:
                held.append(entry(row))
        return found

    return Part(_BLOCKS, values, read)


def blocks(columns: Iterable[ColumnFrame], *, at: dt.datetime, most: int = 8) -> dict[int, list[Entry]]:
    """Return the newest items of many columns, pinned ones first, in one query."""
    wanted = list(columns)
    if not wanted:
        return {}
    found: dict[int, list[Entry]] = at_once(blocks_part(wanted, at=at, most=most))[0]
    return found


def column_times(columns: Iterable[ColumnFrame]) -> dict[int, tuple[int, dt.datetime | None]]:
    """Return of each column how many items it shows and when the last one came."""
    wanted = list(columns)
    rows = Column.objects.filter(pk__in={column.source_id for column in wanted}).values_list(
        "pk", "published_count", "last_published_at"
    )
    known = {pk: (count, last) for pk, count, last in rows}
    return {column.id: known.get(column.source_id, (0, None)) for column in wanted}
