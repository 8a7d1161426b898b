"""Background jobs of publishing."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from tongban.engines.publishing.actions.digests import forget_digests, send_digests
from tongban.engines.publishing.actions.publishing import (
    end_pins,
    end_validity,
    expire_due,
    publish_due,
    refresh_columns,
)
from tongban.engines.publishing.actions.reminding import remind_late
from tongban.foundation.clock.now import now


@app.periodic(cron="* * * * *")
@app.task(name="publishing.keep_time", queue="care", queueing_lock="publishing.keep_time")
def keep_time(timestamp: int) -> tuple[int, int, int]:
    """Publish what is scheduled, take out what has reached its end, unpin what was pinned for a time, each minute.

    Return how many of each.
    """
    at = now()
    return publish_due(at=at), expire_due(at=at), end_pins(at=at)


@app.periodic(cron="2 0 * * *")
@app.task(name="publishing.end_validity", queue="care", queueing_lock="publishing.end_validity")
def end(timestamp: int) -> int:
    """Mark documents that are no longer in force, just after midnight; return how many."""
    return end_validity(at=now())


@app.periodic(cron="20 1 * * *")
@app.task(name="publishing.refresh_columns", queue="care", queueing_lock="publishing.refresh_columns")
def refresh(timestamp: int) -> int:
    """Count the columns' lists anew and say until when each is fresh, each night; return how many were wrong."""
    return refresh_columns(at=now())


@app.periodic(cron="30 9 * * *")
@app.task(name="publishing.remind_late", queue="care", queueing_lock="publishing.remind_late")
def remind(timestamp: int) -> int:
    """Remind the people whose turn it is of late articles, on working days at half past nine; return how many texts."""
    return remind_late(at=now())


@app.periodic(cron="10 7-20 * * *")
@app.task(name="publishing.send_digests", queue="care", queueing_lock="publishing.send_digests")
def digests(timestamp: int) -> int:
    """Send the mails with new items that are due, from ten past seven; later hours make up for a pause. Return how many."""
    at = now()
    forget_digests(at=at)
    return send_digests(at=at, root=settings.BASE_URL, own_hosts=settings.PRODUCTION)
