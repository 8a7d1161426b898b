"""Tells columns that what they show has changed; finished pages are kept under these stamps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tongban.foundation.rows.statements import ready

_SHOWN = """
WITH RECURSIVE shown AS (
    SELECT id, parent_id FROM publishing_column WHERE id = ANY(%(columns)s) OR mirror_of_id = ANY(%(columns)s)
), above AS (
    SELECT id, parent_id FROM publishing_column
    WHERE id IN (SELECT id FROM shown) OR id = ANY(%(beside)s) OR mirror_of_id = ANY(%(beside)s)
    UNION SELECT c.id, c.parent_id FROM publishing_column c JOIN above a ON c.id = a.parent_id
), held_columns AS MATERIALIZED (
    SELECT id FROM publishing_column WHERE id IN (SELECT id FROM above) ORDER BY id FOR NO KEY UPDATE
)
UPDATE publishing_column c SET
    stamp = c.stamp + 1,
    published_count = GREATEST(0, c.published_count + CASE WHEN c.id IN (SELECT id FROM shown) THEN %(more)s ELSE 0 END),
    last_published_at = CASE WHEN %(new)s AND c.id IN (SELECT id FROM shown)
        THEN GREATEST(c.last_published_at, %(at)s) ELSE c.last_published_at END,
    fresh_until = CASE WHEN %(new)s AND c.id IN (SELECT id FROM shown) AND c.update_cycle_days IS NOT NULL
        THEN GREATEST(c.fresh_until, %(day)s + c.update_cycle_days) ELSE c.fresh_until END
FROM held_columns h WHERE c.id = h.id
"""


def bump(
    columns: Sequence[int],
    *,
    at: dt.datetime,
    day: dt.date,
    more: int = 0,
    new: bool = False,
    beside: Sequence[int] = (),
) -> None:
    """Raise the stamps of columns, of those that mirror them, and of all columns above: one statement.

    A site's own stamp stands for its frame (names, columns, looks) and stays: pages of other columns remain true.
    Call it last in a transaction: it holds the rows until the end, always in the same order.

    :param more: by how many items the columns' lists have grown (negative: shrunk)
    :param new: whether something new was published, which counts for freshness
    :param day: the day in China
    :param beside: further columns whose pages change although their lists do not
    """
    if not columns and not beside:
        return
    with ready() as cursor:
        cursor.execute(_SHOWN, {
            "columns": list(columns), "beside": list(beside), "more": more, "new": new, "at": at, "day": day,
        })  # fmt: skip
