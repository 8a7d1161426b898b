"""Background jobs of the catalog."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.engines.catalog.actions import refresh_processes as refresh
from tongban.foundation.clock.now import today


@app.periodic(cron="5 0 * * *")
@app.task(name="catalog.refresh_processes", queue="care", queueing_lock="catalog.refresh_processes")
def refresh_processes(timestamp: int) -> int:
    """Let the process, form and license type that come into force today take effect; return how many items changed."""
    return refresh(on=today())
