"""Reads objections, and says what may still be objected to, and how near both limits are."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongban.engines.indicators.models import Objection, PointEntry
from tongban.engines.indicators.permissions import OBJECT, OBJECT_SELF, OBJECTIONS
from tongban.engines.indicators.queries.ledger import standing
from tongban.engines.indicators.queries.schemes import spec_of
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import allows, scopes, visible

NEAR = 1
"""Working days before the end of a limit from which it shows amber."""
LONGEST = dt.timedelta(days=120)
"""The longest time for objecting that a scheme may set, sixty working days, with the holidays in it."""


def objections_for(actor: Actor) -> QuerySet[Objection]:
    """Return the objections an actor may see: the open ones first, by the day their decision is due."""
    rows = visible(actor, OBJECTIONS.code, Objection.objects.all())
    return rows.select_related("entry__scheme", "entry__unit", "entry__account", "unit", "filed_by", "decided_by")


def file_by(entry: PointEntry) -> dt.date:
    """Return the last day on which an entry may be objected to."""
    within = spec_of(entry.scheme).objection.file_within
    calendar = calendar_for(entry.unit.region_code)
    return calendar.add_working_days(local_date(entry.entered_at), within)


def objectable(entry: PointEntry, *, on: dt.date) -> bool:
    """Tell whether an entry still stands, takes something, is not yet disputed, and the time for objecting is not over."""
    gone = entry.reverses_id is not None or hasattr(entry, "reversed_by") or hasattr(entry, "objection")
    return not gone and entry.points <= 0 and on <= file_by(entry)


def closing_entries(rows: QuerySet[PointEntry], *, on: dt.date) -> list[tuple[dt.date, PointEntry]]:
    """Return the entries among some that may still be objected to, with the last day for it, the nearest first."""
    recent = standing(rows).filter(points__lt=0, objection__isnull=True, entered_at__date__gte=on - LONGEST)
    held = recent.select_related("scheme", "unit", "account", "reversed_by", "objection").defer("scheme__spec")
    found = [(file_by(entry), entry) for entry in held]
    return sorted((pair for pair in found if on <= pair[0]), key=lambda pair: (pair[0], -pair[1].pk))


def objectable_by(actor: Actor, *, on: dt.date) -> list[tuple[dt.date, PointEntry]]:
    """Return what an actor may still object to, for the unit or for oneself, with the last day for it."""
    rows = visible(actor, OBJECT_SELF.code, PointEntry.objects.all())
    if scopes(actor, OBJECT.code):
        rows = rows | visible(actor, OBJECT.code, PointEntry.objects.all())
    return closing_entries(rows, on=on)


def limit_light(due: dt.date, region_code: str, *, on: dt.date) -> tuple[str, str]:
    """Return light and words of a limit of objections: amber from one working day before its end, red after it."""
    calendar = calendar_for(region_code)
    if on > due:
        days = max(calendar.working_days_between(due, on), 1)
        return "red", _("超 %(days)s 天") % {"days": days}
    left = calendar.working_days_between(on, due)
    text = _("今天到期") if on == due else _("剩 %(days)s 天") % {"days": left}
    return ("amber" if left <= NEAR else "green"), text


def may_object(actor: Actor, entry: PointEntry) -> str:
    """Return for whom an actor may object to an entry: ``unit``, ``person`` or empty."""
    if allows(actor, OBJECT.code, entry):
        return "unit"
    if entry.account_id is not None and allows(actor, OBJECT_SELF.code, entry):
        return "person"
    return ""
