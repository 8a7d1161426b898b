"""Articles of a site in parts for search engines. A part is a range of article numbers, so each is read by itself."""

from __future__ import annotations

import datetime as dt

from tongban.engines.publishing.queries.frames import SiteFrame
from tongban.foundation.rows.statements import ready

SPAN = 20_000
"""Article numbers in one part; the protocol allows 50,000 addresses."""

_OWN = "SELECT id FROM publishing_column WHERE site_id = %(site)s AND mirror_of_id IS NULL AND is_open"
_PART = f"""
SELECT a.id, coalesce(a.changed_at, p.published_at) FROM publishing_article a
JOIN publishing_placement p ON p.article_id = a.id AND p.is_home AND p.live
WHERE a.id >= %(first)s AND a.id < %(end)s AND p.column_id IN ({_OWN}) ORDER BY a.id
"""  # noqa: S608


_PARTS = f"""
SELECT g.n FROM generate_series(1, (SELECT coalesce(max(id), 0) / {SPAN} + 1 FROM publishing_article)) AS g(n)
WHERE EXISTS (SELECT 1 FROM publishing_placement p WHERE p.is_home AND p.live AND p.column_id IN ({_OWN})
              AND p.article_id >= (g.n - 1) * {SPAN} AND p.article_id < g.n * {SPAN}) ORDER BY g.n
"""  # noqa: S608


def parts(site: SiteFrame) -> list[int]:
    """Return the numbers of the parts that hold articles of a site."""
    with ready() as cursor:
        cursor.execute(_PARTS, {"site": site.id})
        return [number for (number,) in cursor.fetchall()]


def part(site: SiteFrame, number: int) -> list[tuple[int, dt.datetime]]:
    """Return the articles at home on a site in one part: number and day of the last change."""
    with ready() as cursor:
        cursor.execute(_PART, {"site": site.id, "first": (number - 1) * SPAN, "end": number * SPAN})
        return list(cursor.fetchall())
