"""The watch over home pages: one visit to each, several times an hour."""

from __future__ import annotations

import datetime as dt

from tongban.affairs.disclosure.actions.inspecting import current_scheme
from tongban.affairs.disclosure.addresses import Addresses
from tongban.affairs.disclosure.fetching import Fetch
from tongban.affairs.disclosure.models import Probe
from tongban.engines.publishing.models import Site
from tongban.foundation.clock.now import local_date

KEPT = dt.timedelta(days=40)


def probe(*, at: dt.datetime, fetch: Fetch, root: str) -> list[Probe]:
    """Visit each home page once and keep how it went; visits older than 40 days are forgotten."""
    seconds = current_scheme(on=local_date(at)).content.reach.seconds
    addresses = Addresses(root)
    made = []
    for site in Site.objects.order_by("order", "code"):
        got = fetch(addresses.base(site), float(seconds))
        slow = got.milliseconds > seconds * 1000
        good = Probe.Outcome.SLOW if slow else Probe.Outcome.OPEN
        outcome = good if got.is_ok else Probe.Outcome.FAILED
        made.append(Probe(site=site, at=at, outcome=outcome, milliseconds=got.milliseconds))
    Probe.objects.filter(at__lt=at - KEPT).delete()
    return Probe.objects.bulk_create(made)
