"""Reads of the figures counted ahead: on-time rates, running cases by light and step, days, slow steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, Sum

from tongban.affairs.supervision.models import DayFigure, LiveFigure, RollupState
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.organizations.models import Unit

DAY = dt.timedelta(days=1)

_OVERDUE_THEN = """
SELECT c.unit_id, count(*) FROM cases_case c
WHERE c.unit_id = ANY(%(units)s) AND c.parent_id IS NULL AND c.submitted_at < %(end)s
  AND (c.closed_at IS NULL OR c.closed_at >= %(end)s)
  AND EXISTS (SELECT 1 FROM cases_caseclock k WHERE k.case_id = c.id AND k.kind IN ('promised', 'statutory')
              AND k.due_on < %(day)s AND (k.ended_on IS NULL OR k.ended_on > %(day)s))
GROUP BY 1
"""
_SUSPENDED_THEN = """
SELECT c.unit_id, count(*) FROM cases_case c
WHERE c.unit_id = ANY(%(units)s) AND c.parent_id IS NULL AND c.submitted_at < %(end)s
  AND (c.closed_at IS NULL OR c.closed_at >= %(end)s)
  AND (EXISTS (SELECT 1 FROM cases_correction r WHERE r.case_id = c.id AND r.asked_at < %(end)s
               AND (r.answered_at IS NULL OR r.answered_at >= %(end)s) AND (r.lapsed_on IS NULL OR r.lapsed_on > %(day)s))
       OR EXISTS (SELECT 1 FROM cases_caseclock k WHERE k.case_id = c.id AND k.kind IN ('promised', 'statutory')
                  AND (SELECT e.kind FROM cases_clockentry e WHERE e.clock_id = k.id AND e.on <= %(day)s
                       ORDER BY e.id DESC LIMIT 1) = 'stop'))
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class OnTime:
    """Cases closed in a period and how many of them in time; open ones past their promised or statutory date at its end.

    Parts of joint cases are not counted, their root is. Suspended cases stand apart and enter no rate.
    """

    closed: int = 0
    on_time: int = 0
    open_overdue: int = 0
    suspended: int = 0

    @property
    def rate(self) -> float | None:
        """Return closed on time ÷ (closed + open overdue) in percent, unrounded; ``None`` without cases."""
        base = self.closed + self.open_overdue
        return 100 * self.on_time / base if base else None

    def __add__(self, other: OnTime) -> OnTime:
        """Return both together."""
        return OnTime(
            self.closed + other.closed,
            self.on_time + other.on_time,
            self.open_overdue + other.open_overdue,
            self.suspended + other.suspended,
        )


def on_time(
    *, unit_ids: Iterable[int] | None = None, region_path: str | None = None, since: dt.date, until: dt.date
) -> OnTime:
    """Return the on-time figures of units, or of every unit of a region, over a period (both days counted)."""
    found = on_time_by_unit(unit_ids=unit_ids, region_path=region_path, since=since, until=until)
    return sum(found.values(), OnTime())


def on_time_by_unit(
    *, unit_ids: Iterable[int] | None = None, region_path: str | None = None, since: dt.date, until: dt.date
) -> dict[int, OnTime]:
    """Return the same unit by unit, in a handful of queries; units without cases are left out.

    What stood open is read from the live figures if the period reaches to today, else counted as of its last day.

    :raises ValueError: if neither units nor a region are given
    """
    if unit_ids is None and region_path is None:
        msg = "units or a region"
        raise ValueError(msg)
    units = list(unit_ids) if unit_ids is not None else _units_of(region_path or "")
    closed = {
        unit: (judged, late)
        for unit, judged, late in DayFigure.objects.filter(unit__in=units, day__range=(since, until))
        .values_list("unit")
        .annotate(Sum("judged"), Sum("late"))
    }
    overdue, suspended = _open_now(units) if until >= _counted_on() else _open_then(units, until)
    return {
        unit: OnTime(
            closed.get(unit, (0, 0))[0],
            closed.get(unit, (0, 0))[0] - closed.get(unit, (0, 0))[1],
            overdue.get(unit, 0),
            suspended.get(unit, 0),
        )
        for unit in sorted({*closed, *overdue, *suspended})
    }


def state() -> RollupState:
    """Return when the figures were counted last."""
    return RollupState.objects.filter(pk=1).first() or RollupState(pk=1)


def _units_of(region_path: str) -> list[int]:
    return list(Unit.objects.filter(region_path__startswith=region_path).values_list("pk", flat=True))


def _counted_on() -> dt.date:
    at = state().refreshed_at
    return local_date(at) if at is not None else dt.date.max


def _open_now(units: list[int]) -> tuple[Mapping[int, int], Mapping[int, int]]:
    rows = (
        LiveFigure.objects.filter(unit__in=units)
        .values_list("unit")
        .annotate(Sum("overdue"), paused=Sum("roots", filter=Q(light="paused"), default=0))
    )
    found = list(rows)
    return (
        {unit: overdue for unit, overdue, _paused in found if overdue},
        {unit: paused for unit, _overdue, paused in found if paused},
    )


def _open_then(units: list[int], day: dt.date) -> tuple[Mapping[int, int], Mapping[int, int]]:
    given: dict[str, Any] = {"units": units, "day": day, "end": dt.datetime.combine(day + DAY, dt.time(), tzinfo=CHINA)}
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE_THEN, given)
        overdue = dict(cursor.fetchall())
        cursor.execute(_SUSPENDED_THEN, given)
        return overdue, dict(cursor.fetchall())
