"""What a digest holds, and who is due for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from tongban.engines.publishing.models import Column, DigestSubscription
from tongban.engines.publishing.rules.digests import is_due
from tongban.foundation.clock.now import local_date
from tongban.foundation.rows.statements import ready

EARLIER = dt.timedelta(days=60)
"""An item may be published with an older date than its day; so far back a digest looks for such."""
_NEW = """
SELECT c.id, a.id, a.title
FROM publishing_column c
JOIN publishing_placement p ON p.column_id = coalesce(c.mirror_of_id, c.id) AND p.live AND p.published_at > %(from)s
JOIN publishing_article a ON a.id = p.article_id AND a.status = 'published'
WHERE c.id = ANY(%(columns)s) AND c.is_open
  AND greatest(p.published_at, a.first_published_at, p.shared_at) > %(since)s
  AND greatest(p.published_at, a.first_published_at, p.shared_at) <= %(until)s
  AND NOT EXISTS (SELECT 1 FROM publishing_localoverride o WHERE o.column_id = c.id AND o.article_id = a.id
                  AND o.kind = 'hidden' AND (o.until IS NULL OR o.until > %(until)s))
ORDER BY c."order", c.id, p.published_at DESC, a.id DESC
"""


class NewItem(NamedTuple):
    """A public item that appeared in a column."""

    column: int
    article: int
    title: str


def new_items(columns: Sequence[int], *, since: dt.datetime, until: dt.datetime) -> list[NewItem]:
    """Return what appeared in columns after a moment and is public now, by column, the newest first.

    What was withdrawn, has expired or is hidden in the column is not there.
    """
    with ready() as cursor:
        cursor.execute(_NEW, {"columns": list(columns), "since": since, "until": until, "from": since - EARLIER})
        return [NewItem(*row) for row in cursor.fetchall()]


def column_names(columns: Sequence[int]) -> list[str]:
    """Return the names of columns in the reader's language, in their order."""
    return [str(row) for row in Column.objects.filter(pk__in=columns).order_by("order", "pk")]


def due_subscriptions(*, at: dt.datetime) -> list[int]:
    """Return the confirmed subscriptions whose digest is due."""
    rows: QuerySet[DigestSubscription, tuple[int, str, dt.datetime | None]] = DigestSubscription.objects.filter(
        confirmed_at__isnull=False
    ).values_list("pk", "rhythm", "covered_until")
    today = local_date(at)
    return [pk for pk, rhythm, covered in rows.order_by("pk") if covered and is_due(rhythm, local_date(covered), today)]
