"""Watches cases: those with new events since the last look, those whose limits come near or run out, those left idle.

Every finding has a key of its own, so a run may be missed, doubled or cut short without raising anything twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Exists, F, OuterRef, Q

from tongban.affairs.supervision.actions.raising import Examined, examine, rules_in_force
from tongban.affairs.supervision.models import Watermark
from tongban.engines.cases.models import Case, CaseClock, CaseEvent, SpecialProcedure, Task
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for

LAG = dt.timedelta(minutes=10)
"""Longer than any transaction that writes an event lasts."""
OVERLAP = 1_000
MOST_EVENTS = 20_000
EVENTS, DAYS = "events", "days"
DAY = dt.timedelta(days=1)


def watch(*, at: dt.datetime) -> Examined:
    """Look at what has changed since the last run, and once a day at what changes by time alone.

    Cases that were over before the first run are looked at by :func:`watch_history`.
    """
    keys = sorted({*_changed(at), *_by_time(at)})
    return examine(keys, at=at)


def watch_history(*, at: dt.datetime, numbers: Collection[str] = (), codes: Collection[str] | None = None) -> Examined:
    """Judge the whole record, or some cases, on demand; nobody is told by message of what is long past.

    :param numbers: case numbers; empty for all
    :param codes: only these rules
    """
    rows = Case.objects.filter(number__in=numbers) if numbers else Case.objects.all()
    return examine(list(rows.order_by("pk").values_list("pk", flat=True)), at=at, codes=codes, tell=bool(numbers))


def _changed(at: dt.datetime) -> list[int]:
    """Return the cases with events since the watermark, and move it."""
    newest = CaseEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    mark, created = Watermark.objects.get_or_create(name=EVENTS)
    if created:
        mark.settled = mark.seen = max(newest - OVERLAP, 0)
    new = CaseEvent.objects.filter(pk__gt=mark.settled).order_by("pk").values_list("pk", "case_id")[:MOST_EVENTS]
    rows = list(new)
    if mark.seen_at is None or not dt.timedelta() <= at - mark.seen_at < LAG:
        mark.settled, mark.seen, mark.seen_at = mark.seen, rows[-1][0] if rows else newest, at
    mark.save()
    return [case for _key, case in rows]


def _by_time(at: dt.datetime) -> Iterable[int]:
    """Return the cases on which time alone may have had an effect since the day last looked at; empty later that day."""
    today = local_date(at)
    mark, _created = Watermark.objects.get_or_create(name=DAYS)
    last = dt.date.fromordinal(mark.settled) if mark.settled else None
    if last is not None and last >= today:
        return ()
    mark.settled, mark.seen_at = today.toordinal(), at
    mark.save()
    return {*_running_out(last, today), *_idle(today)}


def _running_out(last: dt.date | None, today: dt.date) -> set[int]:
    """Return the cases of live limits that came near or ran out since a day (all of them the first time)."""
    left = max((row.params.get("left", 0) for row in rules_in_force().values()), default=0)
    calendar = calendar_for()
    live = Q(ended_on__isnull=True, due_on__isnull=False)
    near = Q(due_on__lte=calendar.add_working_days(today, left))
    if last is not None:
        near &= Q(due_on__gte=last)
    return set(CaseClock.objects.filter(live & near).values_list("case_id", flat=True))


def _idle(today: dt.date) -> set[int]:
    """Return the running cases with work off the hall, a clock that stands, work nobody took, or work at another unit."""
    off_hall = Exists(SpecialProcedure.objects.filter(case=OuterRef("pk"), ended_at__isnull=True))
    live = Task.objects.filter(case=OuterRef("pk"), closed_at__isnull=True)
    untaken = Exists(live.filter(assignee__isnull=True, state=Task.State.OPEN, opened_at__date__lt=today - 5 * DAY))
    elsewhere = Exists(live.exclude(unit=F("case__unit")))
    rows = Case.objects.filter(closed_at__isnull=True).filter(Q(paused=True) | off_hall | untaken | elsewhere)
    return set(rows.values_list("pk", flat=True))
