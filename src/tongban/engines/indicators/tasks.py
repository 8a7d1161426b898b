"""Background jobs of points."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.engines.indicators.actions import remind_of_objections as remind
from tongban.foundation.clock.now import now


@app.periodic(cron="40 8 * * *")
@app.task(name="indicators.remind_of_objections", queue="clock", queueing_lock="indicators.remind_of_objections")
def remind_of_objections(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Remind of decisions that are due and of the end of the time for objecting; return how many messages."""
    return remind(at=now())
