"""How often pages were read."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum

from tongban.engines.publishing.models import SiteVisits, VisitCount
from tongban.foundation.rows.statements import ready


def total_visits(site: int) -> int:
    """Return how often people read pages of a site in all; robots are not in it."""
    with ready() as cursor:
        cursor.execute("SELECT coalesce(sum(count), 0) FROM publishing_sitevisits WHERE site_id = %s", (site,))
        return int(cursor.fetchone()[0])


def visits_of_days(site: int, *, since: dt.date) -> list[tuple[dt.date, int, int]]:
    """Return the days of a site with views by people and by robots, the first day first."""
    rows = SiteVisits.objects.filter(site=site, day__gte=since).order_by("day")
    return list(rows.values_list("day", "count", "robots"))


def visits_of_columns(site: int, *, since: dt.date, most: int = 20) -> list[tuple[int, int]]:
    """Return the columns of a site that people read most, with their views (articles read in them included)."""
    rows = VisitCount.objects.filter(site=site, day__gte=since, column__isnull=False).values_list("column")
    return list(rows.annotate(views=Sum("count")).order_by("-views", "column")[:most])


def visits_of_articles(site: int, *, since: dt.date, most: int = 20) -> list[tuple[int, int]]:
    """Return the articles that people read most on a site, with their views."""
    rows = VisitCount.objects.filter(site=site, day__gte=since, article__isnull=False).values_list("article")
    return list(rows.annotate(views=Sum("count")).order_by("-views", "article")[:most])
