"""Reads over applications taken down at the counter, and over what was charged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.affairs.hall.models import Charge, CounterFiling
from tongban.engines.cases.models import Case
from tongban.engines.cases.renewal import last_timely_day, limit_of
from tongban.engines.catalog.models import Fee, Implementation
from tongban.engines.catalog.queries import published
from tongban.engines.licenses.models import License
from tongban.engines.licenses.queries import held_by
from tongban.engines.licenses.rules import may
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor

SOON = dt.timedelta(days=183)
"""How long before its end a license is offered for renewal; whoever asks earlier finds the item in the hall."""
_WITH = ("draft", "draft__form_version", "implementation", "implementation__unit", "implementation__standard_item")


def own_filings(actor: Actor) -> QuerySet[CounterFiling]:
    """Return what a clerk took down at the unit of the chosen posting, newest first."""
    if actor.account is None or actor.unit is None:
        return CounterFiling.objects.none()
    return (
        CounterFiling.objects.filter(draft__account=actor.account, unit=actor.unit)
        .select_related(*_WITH, "unit", "account")
        .order_by("-draft__updated_at")
    )


def filing_of(actor: Actor, key: UUID) -> CounterFiling | None:
    """Return a clerk's own filing by the key of its draft."""
    return own_filings(actor).filter(draft__submission_key=key).first()


def handed_in_since(actor: Actor, since: dt.datetime) -> QuerySet[CounterFiling]:
    """Return a clerk's filings that became cases since a moment, newest first."""
    return own_filings(actor).filter(draft__submitted_at__gte=since).order_by("-draft__submitted_at")


def items_at_counter(actor: Actor, text: str = "") -> QuerySet[Implementation]:
    """Return the items in force of the official's unit that can be filed, by name; narrowed to those with a text in name or code."""
    if actor.unit is None:
        return published().none()
    rows = published().filter(unit=actor.unit)
    words = text.split()
    for word in words:
        rows = rows.filter(
            Q(name__zh__icontains=word) | Q(name__en__icontains=word) | Q(standard_item__code__startswith=word)
        )
    return rows.order_by("name__zh", "code")


def charges_of(case: Case) -> QuerySet[Charge]:
    """Return the payment notices of a case, newest first."""
    return Charge.objects.filter(case=case).select_related("document", "unit")


def fees_of(case: Case) -> QuerySet[Fee]:
    """Return the published fees of a case's item, in the order of the list."""
    return Fee.objects.filter(item=case.implementation.standard_item_id) if case.implementation else Fee.objects.none()


@dataclass(frozen=True, slots=True)
class RenewalOffer:
    """That a license can be renewed: where, until when in time, whether it is too late for that, or already under way."""

    code: str
    timely_until: dt.date
    late: bool
    case: str = ""


def renewable(implementation: Implementation, digest: str) -> list[License]:
    """Return the licenses of a holder that an item renews: of its type, of its unit, with an end, not void."""
    renewal = implementation.standard_item.renewal or {}
    rows = held_by(digest).filter(
        type__code=renewal.get("license_type", ""), unit=implementation.unit_id, valid_to__isnull=False
    )
    return [row for row in rows if may("supersede", row.status)]


def renewal_offers(licenses: Iterable[License], *, on: dt.date) -> dict[int, RenewalOffer]:
    """Return for each license that ends within half a year and can be renewed online how, by its key."""
    held = [
        row
        for row in licenses
        if row.valid_to is not None and row.valid_to <= on + SOON and may("supersede", row.status)
    ]
    places = published().filter(
        is_online=True,
        unit__in={row.unit_id for row in held},
        standard_item__renewal__license_type__in={row.type.code for row in held},
    )
    items = {(place.unit_id, (place.standard_item.renewal or {}).get("license_type")): place for place in places}
    running = dict(
        Case.objects.filter(renews__in=[row.pk for row in held], closed_at__isnull=True).values_list("renews", "number")
    )
    found = {}
    for row in held:
        place = items.get((row.unit_id, row.type.code))
        if place is None or row.valid_to is None:
            continue
        limit = limit_of(place, on=on, jurisdiction=row.unit.region_code)
        latest = last_timely_day(row.valid_to, limit=limit, calendar=calendar_for(row.unit.region_code))
        found[row.pk] = RenewalOffer(place.code, latest, on > latest, running.get(row.pk, ""))
    return found
