"""Background jobs of accounts."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Job
from tongban.foundation.clock.now import now

NAME = "accounts.disable_unused"


@app.periodic(cron="20 2 * * *")
@app.task(name=NAME, queue="care", queueing_lock=NAME)
def disable_unused(timestamp: int) -> int:
    """Disable officials' accounts nobody has used for long; return how many."""
    days: int = settings.STAFF_UNUSED_DAYS
    return actions.disable_unused(days=days, by=Job(NAME), at=now()) if days else 0
