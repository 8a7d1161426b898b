"""Counts due dates anew after a calendar changed: in batches, with an event only where a date moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from tongban.engines.cases.actions.acting import LAW
from tongban.engines.cases.actions.clocks import CLOCK_FIELDS, set_columns
from tongban.engines.cases.actions.extras import record_event
from tongban.engines.cases.loading import HEAVY, Loaded, ledger, load_case
from tongban.engines.cases.models import Case, CaseClock, Task
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Limit, Unit, derive
from tongban.foundation.rows.statements import update_all

BATCH = 200


@dataclass(slots=True)
class RecountResult:
    """How many live cases were counted anew, and how many of their dates moved."""

    counted: int = 0
    moved: int = 0


def recount(*, jurisdiction: str = "", at: dt.datetime, batch: int = BATCH) -> RecountResult:
    """Count every live clock of a jurisdiction anew; ended clocks keep the dates they ended with.

    :param jurisdiction: a region code or its beginning; empty for all
    """
    result, last = RecountResult(), 0
    while True:
        with transaction.atomic():
            cases = list(
                Case.objects.filter(closed_at__isnull=True, pk__gt=last, unit__region__code__startswith=jurisdiction)
                .order_by("pk")
                .select_for_update(of=("self",))
                .select_related("definition", "unit", "unit__region", "implementation")
                .defer(*HEAVY)[:batch]
            )
            if not cases:
                return result
            for case in cases:
                result.counted += 1
                result.moved += _recount(load_case(case), at)
            last = cases[-1].pk


def _recount(loaded: Loaded, at: dt.datetime) -> bool:
    calendar = calendar_for(loaded.case.unit.region_code)
    today = local_date(at)
    moved: dict[str, str] = {}
    changed: list[CaseClock] = []
    for clock in loaded.clocks:
        if clock.ended_on is not None:
            continue
        limit = Limit(clock.figure, Unit(clock.unit))
        dates = derive(ledger(loaded.entries.get(clock.pk, [])), limit, calendar, as_of=today)
        if (dates.due_on, dates.provisional) == (clock.due_on, clock.provisional):
            continue
        if dates.due_on != clock.due_on:
            moved[clock.kind] = f"{clock.due_on}→{dates.due_on}"
        clock.due_on, clock.warn_on, clock.provisional = dates.due_on, dates.warn_on, dates.provisional
        changed.append(clock)
    if not changed:
        return False
    update_all(changed, CLOCK_FIELDS)
    set_columns(loaded, today)
    loaded.case.save(
        update_fields=[
            "statutory_due_on", "promised_due_on", "step_due_on", "due_provisional", "paused", "light", "next_check_on",
        ]
    )  # fmt: skip
    live = [task for task in loaded.tasks if task.state != Task.State.CLOSED]
    update_all(live, ["step_due_on", "due_on", "warn_on"])
    if moved:
        record_event(
            case=loaded.case,
            act="recounted",
            title={"zh": "工作日安排变动，到期日重新计算", "en": "Due dates counted anew after the calendar changed"},
            by=LAW,
            at=at,
            data=moved,
            visible=True,
        )
    return bool(moved)
