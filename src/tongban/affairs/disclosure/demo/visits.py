"""Invents how often the demonstration's sites were read: more on working days, more for the new, robots apart."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict

from tongban.engines.publishing.actions.visits import VisitKey, add_visits
from tongban.engines.publishing.models import Placement, Site, SiteVisits

DAYS = 185
ROBOT_SHARE = 0.22
BUSY = {Site.Kind.MAIN: 500, Site.Kind.CITY: 60, Site.Kind.TOPIC: 30}
WEEKEND = 0.45
FADING = 9.0
"""After how many days an item is read half as often, roughly."""


def fill_visits(*, today: dt.date, seed: int = 11) -> int:
    """Count invented views of the days before today, once; return how many (none if something was counted before)."""
    if SiteVisits.objects.exists():
        return 0
    rng = random.Random(seed)  # noqa: S311
    shown: dict[int, list[tuple[int, int, dt.date]]] = defaultdict(list)
    rows = Placement.objects.filter(live=True).values_list("column__site", "column", "article", "published_at")
    for site_id, column, article, at in rows:
        if at is not None:
            shown[site_id].append((column, article, at.date()))
    total = 0
    for ago in range(DAYS, 0, -1):
        day = today - dt.timedelta(days=ago)
        counts: Counter[VisitKey] = Counter()
        for site in Site.objects.order_by("pk"):
            busy = BUSY[Site.Kind(site.kind)] * (WEEKEND if day.weekday() >= 5 else 1.0) * (1.2 - ago / DAYS * 0.4)
            _read(rng, counts, site.pk, day, round(busy * rng.uniform(0.85, 1.15)), shown[site.pk])
        add_visits(counts=counts)
        total += counts.total()
    return total


def _read(
    rng: random.Random,
    counts: Counter[VisitKey],
    site: int,
    day: dt.date,
    views: int,
    shown: list[tuple[int, int, dt.date]],
) -> None:
    known = [each for each in shown if each[2] <= day]
    weights = [1.0 / (1.0 + (day - since).days / FADING) for _column, _article, since in known]
    robots = round(views * ROBOT_SHARE)
    for number, robot in ((views, False), (robots, True)):
        homes = round(number * 0.3) if known else number
        counts[VisitKey(day, site, 0, 0, robot)] += homes
        for column, article, _since in rng.choices(known, weights, k=number - homes) if known else []:
            counts[VisitKey(day, site, column, article if rng.random() < 0.7 else 0, robot)] += 1
