"""Adds counted views to the sums."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection, transaction


class VisitKey(NamedTuple):
    """What a view counts for; zeros for a page that is no article or stands in no column."""

    day: dt.date
    site: int
    column: int
    article: int
    robot: bool


_PAGES = """
INSERT INTO publishing_visitcount (day, site_id, column_id, article_id, count, robots)
SELECT v.day, v.site, nullif(v.col, 0), nullif(v.article, 0), v.people, v.robots
FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::int[])
     AS v(day, site, col, article, people, robots)
WHERE EXISTS (SELECT 1 FROM publishing_site s WHERE s.id = v.site)
  AND (v.col = 0 OR EXISTS (SELECT 1 FROM publishing_column c WHERE c.id = v.col))
  AND (v.article = 0 OR EXISTS (SELECT 1 FROM publishing_article a WHERE a.id = v.article))
ORDER BY v.site, v.day, v.col, v.article
ON CONFLICT (site_id, day, column_id, article_id)
DO UPDATE SET count = publishing_visitcount.count + excluded.count, robots = publishing_visitcount.robots + excluded.robots
"""
_COLUMNS = """
INSERT INTO publishing_columnvisits (day, site_id, column_id, count, robots)
SELECT v.day, v.site, nullif(v.col, 0), v.people, v.robots
FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS v(day, site, col, people, robots)
WHERE EXISTS (SELECT 1 FROM publishing_site s WHERE s.id = v.site)
  AND (v.col = 0 OR EXISTS (SELECT 1 FROM publishing_column c WHERE c.id = v.col))
ORDER BY v.site, v.day, v.col
ON CONFLICT (site_id, day, column_id)
DO UPDATE SET count = publishing_columnvisits.count + excluded.count, robots = publishing_columnvisits.robots + excluded.robots
"""
_SITES = """
INSERT INTO publishing_sitevisits (day, site_id, count, robots)
SELECT v.day, v.site, v.people, v.robots
FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::bigint[]) AS v(day, site, people, robots)
WHERE EXISTS (SELECT 1 FROM publishing_site s WHERE s.id = v.site)
ORDER BY v.site, v.day
ON CONFLICT (site_id, day)
DO UPDATE SET count = publishing_sitevisits.count + excluded.count, robots = publishing_sitevisits.robots + excluded.robots
"""


def add_visits(*, counts: Mapping[VisitKey, int]) -> None:
    """Add views to the sums of pages, of columns and of sites in one transaction.

    Rows are written in one order everywhere, so that two processes never wait for each other in a ring. What was deleted
    in the meantime counts for nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, width in ((_PAGES, 4), (_COLUMNS, 3), (_SITES, 2)):
            sums: Counter[tuple[object, ...]] = Counter()
            for key, number in counts.items():
                sums[*key[:width], key.robot] += number
            keys = list(dict.fromkeys(key[:-1] for key in sums))
            named = [list(part) for part in zip(*keys, strict=True)]
            cursor.execute(sql, [*named, [sums[*key, False] for key in keys], [sums[*key, True] for key in keys]])
