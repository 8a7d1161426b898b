"""Background jobs of cases."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.engines.cases import actions
from tongban.engines.cases.queries.lookup import stale_attempts
from tongban.foundation.clock.now import now


@app.periodic(cron="* * * * *")
@app.task(name="cases.sweep", queue="clock", queueing_lock="cases.sweep", pass_context=False)
def sweep(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Turn lights and let limits take effect; return how many cases were looked at."""
    return actions.sweep(at=now()).checked


@app.task(name="cases.recount", queue="clock")
def recount(jurisdiction: str = "") -> int:
    """Count due dates anew after a calendar changed; return how many cases moved."""
    return actions.recount(jurisdiction=jurisdiction, at=now()).moved


@app.periodic(cron="17 * * * *")
@app.task(name="cases.forget_attempts", queue="clock", queueing_lock="cases.forget_attempts")
def forget_attempts(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Forget failed look-ups that no longer count; return how many."""
    return stale_attempts(now()).delete()[0]
