"""Background work on drafts."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.foundation.clock.now import now
from tongban.foundation.forms.actions import purge_drafts


@app.periodic(cron="17 3 * * *")
@app.task(name="forms.purge_drafts", queue="care", queueing_lock="forms.purge_drafts")
def purge_expired_drafts(timestamp: int) -> int:
    """Delete drafts that nobody touched for 30 days; return how many."""
    return purge_drafts(at=now())
