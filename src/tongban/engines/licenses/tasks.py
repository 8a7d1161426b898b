"""Background jobs of licenses."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.engines.licenses import actions
from tongban.foundation.clock.now import now


@app.periodic(cron="5 0 * * *")
@app.task(name="licenses.expire", queue="care", queueing_lock="licenses.expire")
def expire(timestamp: int) -> int:
    """Mark licenses whose last day is over, each night; return how many."""
    return actions.expire_due(at=now())
