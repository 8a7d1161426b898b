"""Background jobs: inspection, and the quarter's bulletin of submissions."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from tongban.affairs.disclosure.actions.inspecting import inspect
from tongban.affairs.disclosure.actions.league import publish_due
from tongban.affairs.disclosure.actions.telling import tell_units
from tongban.affairs.disclosure.actions.watching import probe
from tongban.affairs.disclosure.fetching import fetch_from
from tongban.affairs.disclosure.models import InspectionScheme
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.actor import system_actor

REPORTER = system_actor("disclosure.league")
"""Who publishes the bulletins that are due."""


@app.periodic(cron="*/15 * * * *")
@app.task(name="disclosure.probe", queue="inspection", queueing_lock="disclosure.probe")
def watch(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Visit each site's home page; return how many."""
    if not InspectionScheme.objects.exists():
        return 0
    return len(probe(at=now(), fetch=fetch_from(settings.BASE_URL), root=settings.BASE_URL))


@app.periodic(cron="20 2 * * *")
@app.task(name="disclosure.inspect", queue="inspection", queueing_lock="disclosure.inspect")
def inspect_sites(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Inspect every site and tell the units; return how many findings are new."""
    if not InspectionScheme.objects.exists():
        return 0
    done = inspect(at=now(), fetch=fetch_from(settings.BASE_URL), root=settings.BASE_URL)
    tell_units(at=now(), root=settings.BASE_URL)
    return done.opened


@app.periodic(cron="30 6 * * *")
@app.task(name="disclosure.publish_bulletins", queue="clock", queueing_lock="disclosure.publish_bulletins")
def publish_bulletins(timestamp: int = 0) -> int:  # noqa: ARG001 - the scheduler passes it
    """Publish the bulletins of submissions that are due; return how many."""
    return len(publish_due(by=REPORTER, at=now()))
