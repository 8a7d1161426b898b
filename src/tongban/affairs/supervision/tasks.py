"""Background jobs of supervision."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from tongban.affairs.supervision.actions import rollups
from tongban.foundation.clock.now import local_date, now

CHECKED_DAYS = 400
"""How far back the nightly check counts again."""


@app.periodic(cron="* * * * *")
@app.task(name="supervision.refresh_rollups", queue="clock", queueing_lock="supervision.refresh_rollups")
def refresh_rollups(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Count again what was touched in the last minute; return how many units."""
    return rollups.refresh(at=now()).units


@app.periodic(cron="50 3 * * *")
@app.task(name="supervision.check_rollups", queue="clock", queueing_lock="supervision.check_rollups")
def check_rollups(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Compare the figures with a fresh count and put right what differs; return how many rows did."""
    at = now()
    since = local_date(at) - dt.timedelta(days=CHECKED_DAYS)
    return len(rollups.check(at=at, since=since, repair=True).differing)
