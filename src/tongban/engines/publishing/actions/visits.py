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
    """Add views to the sums of pages and of sites in one transaction.

    Rows are written in one order everywhere, so that two processes never wait for each other in a ring. What was deleted
    in the meantime counts for nothing.
    """
    pages: Counter[tuple[dt.date, int, int, int, bool]] = Counter()
    sites: Counter[tuple[dt.date, int, bool]] = Counter()
    for key, number in counts.items():
        pages[key.day, key.site, key.column, key.article, key.robot] += number
        sites[key.day, key.site, key.robot] += number
    page_keys = list(dict.fromkeys(key[:4] for key in pages))
    site_keys = list(dict.fromkeys(key[:2] for key in sites))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _PAGES,
            [
                *(list(part) for part in zip(*page_keys, strict=True)),
                [pages[(*key, False)] for key in page_keys],
                [pages[(*key, True)] for key in page_keys],
            ],
        )
        cursor.execute(
            _SITES,
            [
                *(list(part) for part in zip(*site_keys, strict=True)),
                [sites[(*key, False)] for key in site_keys],
                [sites[(*key, True)] for key in site_keys],
            ],
        )
