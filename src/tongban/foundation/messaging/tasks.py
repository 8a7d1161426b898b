"""Background jobs of the outbox."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from tongban.foundation.clock.now import now
from tongban.foundation.messaging import actions
from tongban.foundation.messaging.actions.queueing import JOB, QUEUE


@app.task(name=JOB, queue=QUEUE)
def deliver(message_id: str) -> str | None:
    """Hand one message to its gateway."""
    return actions.deliver(message_id=uuid.UUID(message_id), moment=now)


@app.periodic(cron="*/15 * * * *")
@app.task(name="messaging.replay", queue="care", queueing_lock="messaging.replay")
def replay(timestamp: int) -> int:
    """Queue overdue messages again and close those without a receipt; return how many were touched."""
    at = now()
    return actions.replay(at=at) + actions.fail_unconfirmed(at=at)


@app.periodic(cron="* * * * *")
@app.task(name="messaging.reap_jobs", queue="care", queueing_lock="messaging.reap_jobs")
def reap_jobs(timestamp: int) -> int:
    """Give stuck jobs of any kind back to the queue."""
    return actions.reap_jobs(at=now())
