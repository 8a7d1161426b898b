"""Counts due dates anew after a calendar changed: in batches, with an event only where a date moved.

A recount is a row of its own that says how far it has come: a job that was killed goes on where it stopped. Only live
cases are looked at whose dates can be touched: a limit that ends on or after the first day that changed, or a clock that
stands still. Whoever holds a task that is due earlier now is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from tongban.engines.cases.actions.clocks import CLOCK_FIELDS
from tongban.engines.cases.actions.lighting import LAW, turn_lights
from tongban.engines.cases.actions.telling import tell_holders
from tongban.engines.cases.actions.writing import audit_data
from tongban.engines.cases.live import affected, is_earlier, load_running, new_dates
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import Case, CaseClock, CaseEvent, Recount
from tongban.foundation.audit.actions import append_many
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.rows.stamps import once
from tongban.foundation.rows.statements import update_all

BATCH = 500
DUE_FIELDS = ["statutory_due_on", "promised_due_on", "step_due_on", "due_provisional"]
TASK_FIELDS = ["step_due_on", "due_on", "warn_on"]
TITLE = {"zh": "工作日安排变动，到期日重新计算", "en": "Due dates counted anew after the calendar changed"}


@dataclass(slots=True)
class RecountResult:
    """How many live cases were counted anew, how many of their dates moved, and how many of those to an earlier day."""

    counted: int = 0
    moved: int = 0
    earlier: int = 0


@dataclass(slots=True)
class Moved:
    """A case some of whose clocks have other dates now."""

    loaded: Loaded
    clocks: list[CaseClock] = field(default_factory=list)
    dates: dict[str, str] = field(default_factory=dict)
    earlier: bool = False


def start_recount(
    *, jurisdiction: str = "", first_day: dt.date | None = None, source: str = "", by: str, at: dt.datetime
) -> Recount:
    """Write down that a recount is wanted; :func:`run_recount` does it."""
    return Recount.objects.create(
        jurisdiction=jurisdiction, first_day=first_day, source=source, asked_by=by, asked_at=at
    )


def run_recount(
    *, run: Recount, at: dt.datetime, batch: int = BATCH, progress: Callable[[Recount], None] | None = None
) -> Recount:
    """Do a recount, or what is left of one; each batch is a transaction of its own and remembers how far it came."""
    cases = affected(jurisdiction=run.jurisdiction, first_day=run.first_day)
    if run.started_at is None:
        run.started_at, run.total = at, cases.count()
        run.save(update_fields=["started_at", "total"])
    while run.finished_at is None:
        with transaction.atomic(), once():
            held = Recount.objects.select_for_update().get(pk=run.pk)
            rows = list(
                cases.filter(pk__gt=held.last_case)
                .order_by("pk")
                .select_for_update(of=("self",))
                .select_related("unit")[:batch]
            )
            result = _batch(rows, held, at)
            held.counted += result.counted
            held.moved += result.moved
            held.earlier += result.earlier
            held.last_case = rows[-1].pk if rows else held.last_case
            held.finished_at = None if rows else at
            held.save()
        run = held
        if progress is not None:
            progress(run)
    return run


def recount(*, jurisdiction: str = "", at: dt.datetime, batch: int = BATCH) -> RecountResult:
    """Count every live clock of a jurisdiction anew at once; ended clocks keep the dates they ended with."""
    run = run_recount(run=start_recount(jurisdiction=jurisdiction, by=LAW.key, at=at), at=at, batch=batch)
    return RecountResult(run.counted, run.moved, run.earlier)


def _batch(cases: Sequence[Case], run: Recount, at: dt.datetime) -> RecountResult:
    moved = [found for each in load_running(cases) if (found := _count(each, at)) is not None]
    if moved:
        before = {task.pk: task.due_on for each in moved for task in each.loaded.tasks}
        update_all([clock for each in moved for clock in each.clocks], CLOCK_FIELDS)
        _write_down([each for each in moved if each.dates], at)
        turn_lights([each.loaded for each in moved], at=at, also=DUE_FIELDS, of_tasks=TASK_FIELDS)
        tasks = [task for each in moved for task in each.loaded.tasks]
        tell_holders(
            [task for task in tasks if is_earlier(before[task.pk], task.due_on)], key=f"recount:{run.pk}", at=at
        )
    told = [each for each in moved if each.dates]
    return RecountResult(len(cases), len(told), sum(each.earlier for each in told))


def _count(loaded: Loaded, at: dt.datetime) -> Moved | None:
    calendar = calendar_for(loaded.case.unit.region_code)
    found = Moved(loaded)
    for clock, dates in new_dates(loaded, calendar, today=local_date(at)):
        if dates.due_on != clock.due_on:
            found.dates[clock.kind] = f"{clock.due_on}→{dates.due_on}"
            found.earlier = found.earlier or is_earlier(clock.due_on, dates.due_on)
        clock.due_on, clock.warn_on, clock.provisional = dates.due_on, dates.warn_on, dates.provisional
        found.clocks.append(clock)
    return found if found.clocks else None


def _write_down(moved: Sequence[Moved], at: dt.datetime) -> None:
    events = []
    for each in moved:
        case = each.loaded.case
        case.event_seq += 1
        events.append(
            CaseEvent(
                case=case,
                seq=case.event_seq,
                act="recounted",
                kind="recounted",
                title=TITLE,
                at=at,
                effective_on=local_date(at),
                actor_key=LAW.key,
                actor_name=LAW.name,
                from_status=case.status,
                to_status=case.status,
                data=each.dates,
                definition_version=case.definition.version,
                visible_to_applicant=True,
            )
        )
    CaseEvent.objects.bulk_create(events, batch_size=BATCH)
    records = {f"case:{event.case.number}": audit_data(event, event.case) for event in events}
    append_many(entries=records, kind="case.recounted", actor=LAW.key, at=at)
