"""Reads objections, and says what may still be objected to."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from tongban.engines.indicators.models import Objection, PointEntry
from tongban.engines.indicators.permissions import OBJECT, OBJECT_SELF, OBJECTIONS
from tongban.engines.indicators.queries.schemes import spec_of
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import allows, visible


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


def may_object(actor: Actor, entry: PointEntry) -> str:
    """Return for whom an actor may object to an entry: ``unit``, ``person`` or empty."""
    if allows(actor, OBJECT.code, entry):
        return "unit"
    if entry.account_id is not None and allows(actor, OBJECT_SELF.code, entry):
        return "person"
    return ""
