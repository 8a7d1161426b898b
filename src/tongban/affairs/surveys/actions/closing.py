"""Surveys open and close by themselves; at the close the key and all marks are destroyed and the count is kept."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.affairs.surveys.actions.base import note, shut, told
from tongban.affairs.surveys.models import Answer, Gate, Survey
from tongban.affairs.surveys.rules.counting import count
from tongban.affairs.surveys.rules.stages import Stage
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for, rule
from tongban.foundation.clock.rules import Limit, Unit, due_on
from tongban.foundation.organizations.actor import Actor, system_actor

SUMMARY_RULE = "SRV-02"
"""Until when the outcome of a consultation is to be published."""
SYSTEM = "surveys"


def close(row: Survey, *, by: Actor, at: dt.datetime, reason: str = "") -> None:
    """Close a locked survey inside the caller's transaction; answers under way are let in first, later ones not."""
    if row.gate_id is not None:
        row.gate = Gate.objects.select_for_update().get(pk=row.gate_id)
        shut(row.gate, at=at)
    row.closed_at = at
    answers = Answer.objects.filter(survey=row).values_list("values", flat=True)
    row.result = count(row.asked, answers.iterator(chunk_size=2000)).model_dump(mode="json")
    if row.results == Survey.Results.CLOSING and row.results_at is None:
        row.results_at = at
    if row.kind == Survey.Kind.CONSULTATION:
        row.summary_due_on = _summary_due(row)
    row.save()
    note(row, "survey", "close", by=by, at=at, reason=reason)
    told(row, at=at)


def _summary_due(row: Survey) -> dt.date:
    """Return the last day to publish the outcome, by the limit the pack declares."""
    closed = local_date(row.closes_at)
    limit = rule(SUMMARY_RULE, on=closed)
    return due_on(closed, Limit(int(limit.figure or 0), Unit(limit.unit)), calendar_for())


def keep_time(*, at: dt.datetime) -> int:
    """Open and close what is due; return how many. Each in a transaction of its own."""
    public = Survey.objects.filter(stage=Stage.PUBLISHED)
    due = public.filter(closes_at__lte=at, closed_at=None) | public.filter(opens_at__lte=at, opened_at=None)
    return sum(_keep_time(key, at) for key in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _keep_time(key: int, at: dt.datetime) -> int:
    rows = Survey.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=key, stage=Stage.PUBLISHED)
    row = rows.select_related("column").first()
    if row is None:
        return 0
    if row.opened_at is None and row.opens_at <= at:
        row.opened_at = at
        row.save(update_fields=["opened_at"])
        told(row, at=at)
    if row.closed_at is None and row.closes_at <= at:
        close(row, by=system_actor(SYSTEM), at=at)
    return 1
