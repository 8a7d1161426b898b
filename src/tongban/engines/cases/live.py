"""Running cases by the hundred: which a calendar can touch, loaded with their clocks, and the dates they get under it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.engines.cases.loading import Loaded, compiled_of, ledger, published
from tongban.engines.cases.models import Case, CaseClock, ClockEntry, Task
from tongban.foundation.clock.rules import Calendar, ClockState, Limit, Unit, derive
from tongban.foundation.rows.statements import load


def affected(*, jurisdiction: str = "", first_day: dt.date | None = None) -> QuerySet[Case]:
    """Return the live cases whose dates a change of the calendar can touch.

    :param jurisdiction: a region code or its beginning; empty for all
    :param first_day: the first day that changed; None for any
    """
    cases = Case.objects.filter(closed_at__isnull=True)
    if jurisdiction:
        cases = cases.filter(unit__region__code__startswith=jurisdiction)
    if first_day is not None:
        live = CaseClock.objects.filter(case=OuterRef("pk"), ended_on__isnull=True)
        cases = cases.filter(Exists(live.filter(Q(due_on__isnull=True) | Q(due_on__gte=first_day))))
    return cases


def load_running(cases: Sequence[Case]) -> list[Loaded]:
    """Load many cases with their clocks, the ledgers of those that run, and their live tasks: three queries in all."""
    keys = [case.pk for case in cases]
    found = {case.pk: Loaded(case, compiled_of(_with_definition(case))) for case in cases}
    for clock in sorted(load(CaseClock, "case_id = ANY(%s)", keys), key=lambda row: row.pk):
        found[clock.case_id].clocks.append(clock)
    live = {clock.pk: clock for each in found.values() for clock in each.clocks if clock.ended_on is None}
    for entry in sorted(load(ClockEntry, "clock_id = ANY(%s)", list(live)), key=lambda row: row.pk):
        found[live[entry.clock_id].case_id].entries.setdefault(entry.clock_id, []).append(entry)
    for task in sorted(load(Task, "case_id = ANY(%s) AND closed_at IS NULL", keys), key=lambda row: row.pk):
        found[task.case_id].tasks.append(task)
    return list(found.values())


def _with_definition(case: Case) -> Case:
    case.definition = published(case.definition_id)
    return case


def new_dates(loaded: Loaded, calendar: Calendar, *, today: dt.date) -> list[tuple[CaseClock, ClockState]]:
    """Return the running clocks of a case whose dates, or their being provisional, differ under a calendar."""
    changed = []
    for clock in loaded.clocks:
        if clock.ended_on is not None:
            continue
        limit = Limit(clock.figure, Unit(clock.unit))
        dates = derive(ledger(loaded.entries.get(clock.pk, [])), limit, calendar, as_of=today)
        if (dates.due_on, dates.provisional) != (clock.due_on, clock.provisional):
            changed.append((clock, dates))
    return changed


def is_earlier(before: dt.date | None, after: dt.date | None) -> bool:
    """Tell whether a due date moved to an earlier day."""
    return before is not None and after is not None and after < before
