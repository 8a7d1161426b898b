"""Background jobs of supervision."""

from __future__ import annotations

import datetime as dt
import logging

from procrastinate.contrib.django import app

from tongban.affairs.supervision.actions import bulletins, following, rollups, scoring, standard, watching
from tongban.affairs.supervision.queries.scores import scored_months
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.actor import system_actor

log = logging.getLogger(__name__)

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


@app.periodic(cron="25 * * * *")
@app.task(name="supervision.publish_standard", queue="clock", queueing_lock="supervision.publish_standard")
def publish_standard(timestamp: int = 0) -> bool:  # noqa: ARG001 - the scheduler passes it
    """Publish last month's service standard on this month's first working day; tell whether it was done now."""
    return standard.publish_due(at=now()) is not None


SCORER = system_actor("supervision.scores")
"""Who enters points that follow from alarms and cases."""


@app.periodic(cron="*/5 * * * *")
@app.task(name="supervision.enter_scores", queue="clock", queueing_lock="supervision.enter_scores")
def enter_scores(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Enter the points of new alarms, take back those of withdrawn ones; return how many."""
    done = scoring.enter_and_settle(by=SCORER, at=now())
    return len(done.entered) + len(done.taken_back)


@app.periodic(cron="20 4 * * *")
@app.task(name="supervision.settle_scores", queue="clock", queueing_lock="supervision.settle_scores")
def settle_scores(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Derive the months of a year that differ, then the last month and the present one; return how many differed."""
    at = now()
    on = local_date(at)
    months = [month for month in scored_months() if month >= on - dt.timedelta(days=CHECKED_DAYS)]
    differing = scoring.mend(months, by=SCORER, at=at)
    for problem in differing:
        log.warning("a score differs from what it is derived from: %s", problem)
    first = on.replace(day=1) - dt.timedelta(days=1)
    scoring.settle_since(first=first, last=on, by=SCORER, at=at)
    return len(differing)


@app.periodic(cron="10 6 * * *")
@app.task(name="supervision.publish_bulletins", queue="clock", queueing_lock="supervision.publish_bulletins")
def publish_bulletins(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Publish the bulletins that are due; return how many."""
    return len(bulletins.publish_due(by=SCORER, at=now()))


@app.periodic(cron="*/5 * * * *")
@app.task(name="supervision.watch", queue="clock", queueing_lock="supervision.watch")
def watch(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Judge the cases in which something happened or a limit came near or ran out; return how many alarms were raised."""
    return len(watching.watch(at=now()).raised)


@app.periodic(cron="3-59/10 * * * *")
@app.task(name="supervision.follow_orders", queue="clock", queueing_lock="supervision.follow_orders")
def follow_orders(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Send overdue orders up and close reminders whose step is over; return how many orders changed."""
    at = now()
    return len(following.escalate_due(at=at)) + following.close_done(at=at)
