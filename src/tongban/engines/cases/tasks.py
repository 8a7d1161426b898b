"""Background jobs of cases."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from tongban.engines.cases import actions
from tongban.engines.cases.models import Recount
from tongban.engines.cases.queries.lookup import stale_attempts
from tongban.foundation.clock.now import now

IDLE = dt.timedelta(minutes=10)
"""A recount older than this that has not finished is taken up again."""


@app.periodic(cron="* * * * *")
@app.task(name="cases.sweep", queue="clock", queueing_lock="cases.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Turn lights and let limits take effect; return how many cases were looked at."""
    return actions.sweep(at=now()).checked


@app.task(name="cases.recount", queue="clock")
def recount(run: int = 0, jurisdiction: str = "") -> int:
    """Count due dates anew after a calendar changed; return how many cases moved.

    :param run: the key of the :class:`Recount`; without one everything in the jurisdiction is counted
    """
    if not run:
        return actions.recount(jurisdiction=jurisdiction, at=now()).moved
    return actions.run_recount(run=Recount.objects.get(pk=run), at=now()).moved


@app.periodic(cron="*/10 * * * *")
@app.task(name="cases.resume_recounts", queue="clock", queueing_lock="cases.resume_recounts")
def resume_recounts(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Go on with recounts that a stopped worker left unfinished; return how many."""
    left = list(Recount.objects.filter(finished_at__isnull=True, asked_at__lt=now() - IDLE).order_by("pk"))
    for run in left:
        actions.run_recount(run=run, at=now())
    return len(left)


@app.periodic(cron="17 * * * *")
@app.task(name="cases.forget_attempts", queue="clock", queueing_lock="cases.forget_attempts")
def forget_attempts(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Forget failed look-ups that no longer count; return how many."""
    return stale_attempts(now()).delete()[0]
