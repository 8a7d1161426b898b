"""What was signaled and ordered at a place: today's alarms by color, and orders that wait for an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from tongban.affairs.supervision.models import OPEN_STATES, WITH_REPLY, Alarm, Order
from tongban.affairs.supervision.queries.centre import Place, Seen
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.packs.localized import localized


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One alarm of today in words, and the case it speaks of (empty if of none)."""

    number: str
    color: str
    title: str
    unit: str
    case: str


@dataclass(frozen=True, slots=True)
class Signals:
    """Alarms of the day that have not been withdrawn, and open orders with those past their own limit."""

    alarms: int
    red: int
    orders: int
    overdue: int
    lines: tuple[SignalLine, ...]


def today(actor: Actor, place: Place, *, on: dt.date, limit: int = 8) -> Signals:
    """Return the day's signals at a place, the latest first."""
    seen = Seen(actor, place)
    alarms = seen.narrow(Alarm.objects.filter(entered_on=on).exclude(state=Alarm.State.WITHDRAWN))
    orders = seen.narrow(Order.objects.filter(kind__in=WITH_REPLY, state__in=OPEN_STATES))
    counted = alarms.aggregate(all=Count("pk"), red=Count("pk", filter=Q(color="red")))
    waiting = orders.aggregate(all=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=on)))
    rows = alarms.select_related("unit", "case").order_by("-entered_at")[:limit]
    lines = tuple(
        SignalLine(row.number, row.color, localized(row.title), row.unit.title, row.case.number if row.case else "")
        for row in rows
    )
    return Signals(counted["all"], counted["red"], waiting["all"], waiting["overdue"], lines)
