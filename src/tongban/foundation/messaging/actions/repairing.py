"""Repairs what killed processes leave behind. Each loop returns how much it repaired: a lasting figure means a fault."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from tongban.foundation.messaging.actions.queueing import schedule
from tongban.foundation.messaging.models import Message
from tongban.foundation.messaging.rules import RECEIPT_WITHIN, SENDING_LEASE

REPLAY_AFTER = dt.timedelta(hours=1)
REPLAY_BATCH = 1_000
JOB_LIMIT = dt.timedelta(minutes=30)
HEARTBEAT_LIMIT = dt.timedelta(seconds=60)

_STUCK = """
SELECT job.id FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (
    worker.id IS NULL OR worker.last_heartbeat < %(silent)s
    OR (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = job.id AND event.type = 'started') < %(long)s
) ORDER BY job.id LIMIT 500
"""


def replay(*, at: dt.datetime) -> int:
    """Queue again every message that should have gone out an hour ago and every one whose attempt died.

    The state guard makes a superfluous job harmless.
    """
    overdue = Q(state=Message.State.CREATED, next_attempt_at__lt=at - REPLAY_AFTER)
    abandoned = Q(state=Message.State.SENDING, sending_since__lt=at - SENDING_LEASE)
    with transaction.atomic():
        found = list(Message.objects.filter(overdue | abandoned).order_by("created_at").only("pk")[:REPLAY_BATCH])
        for message in found:
            schedule(message)
    return len(found)


def fail_unconfirmed(*, at: dt.datetime) -> int:
    """Close messages for which no receipt came within three days as undeliverable for now."""
    return Message.objects.filter(
        state=Message.State.SENT, finished_at__isnull=True, sent_at__lt=at - RECEIPT_WITHIN
    ).update(
        state=Message.State.FAILED,
        failure_class=Message.FailureClass.TEMPORARY,
        failure_text="no receipt within 72 hours",
        finished_at=at,
    )


def reap_jobs(*, at: dt.datetime) -> int:
    """Give jobs back to the queue whose worker is gone, or which run longer than any job may.

    The second case has a living worker: the database died while the job was finishing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STUCK, {"silent": at - HEARTBEAT_LIMIT, "long": at - JOB_LIMIT})
        stuck = [row[0] for row in cursor.fetchall()]
    for job_id in stuck:
        app.job_manager.retry_job_by_id(job_id, retry_at=at)
    return len(stuck)
