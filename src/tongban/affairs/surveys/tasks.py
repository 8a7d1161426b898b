"""Background jobs: surveys open and close by themselves, late outcomes are called for."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from tongban.affairs.surveys.actions.closing import keep_time
from tongban.affairs.surveys.actions.reminding import remind_late
from tongban.foundation.clock.now import now


@app.periodic(cron="* * * * *")
@app.task(name="surveys.keep_time", queue="surveys", queueing_lock="surveys.keep_time")
def watch_time(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Open and close what is due; return how many."""
    return keep_time(at=now())


@app.periodic(cron="40 9 * * 1-5")
@app.task(name="surveys.remind_late", queue="surveys", queueing_lock="surveys.remind_late")
def remind(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Call for outcomes that are late; return how many messages."""
    return remind_late(at=now(), root=settings.BASE_URL)
