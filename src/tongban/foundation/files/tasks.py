"""Background care for kept files."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from tongban.foundation.clock.now import now
from tongban.foundation.files import actions
from tongban.foundation.files.queries import waiting_for_scan

ORPHAN_AGE = dt.timedelta(hours=24)


@app.periodic(cron="40 3 * * *")
@app.task(name="files.sweep_orphans", queue="care", queueing_lock="files.sweep_orphans")
def sweep_orphans(timestamp: int) -> int:
    """Remove bytes without a row once a night; return how many."""
    return actions.sweep_orphans(before=now() - ORPHAN_AGE)


@app.periodic(cron="*/5 * * * *")
@app.task(name="files.rescan", queue="care", queueing_lock="files.rescan")
def rescan(timestamp: int) -> int:
    """Scan the waiting files again; return how many got a verdict."""
    return sum(actions.rescan(stored=stored) != stored.Scan.PENDING for stored in waiting_for_scan()[:200])
