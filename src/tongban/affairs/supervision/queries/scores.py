"""What supervision counts for scores: volumes and shares by month, the cases behind each, and on-time rates by period."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from tongban.affairs.supervision.models import Alarm
from tongban.affairs.supervision.queries.rollups import OnTime, on_time_by_unit
from tongban.engines.cases.models import Case, CaseClock, SpecialProcedure
from tongban.engines.cases.queries.scope import cases_for
from tongban.engines.indicators.models import PointEntry, Standing
from tongban.engines.indicators.queries import Subject
from tongban.engines.indicators.rules import Period, shifted
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.queries import postings_in_force
from tongban.foundation.organizations.roles import Role

SCHEME = "efficiency"
EARLY, SHORTER, INCOMPLETE = "early-share", "promise-shorter", "incomplete-share"
CLOSED, LATE = "closed", "late"
PREFIX = "alarm:"

_COUNTED = """
WITH closed AS (
    SELECT id, unit_id, result FROM cases_case
    WHERE parent_id IS NULL AND closed_at >= %(since)s AND closed_at < %(until)s
), promised AS (
    SELECT c.unit_id, k.case_id, k.figure, k.unit, k.ended_on < k.due_on AS early
    FROM cases_caseclock k JOIN closed c ON c.id = k.case_id
    WHERE k.kind = 'promised' AND k.figure > 0 AND k.ended_on IS NOT NULL AND k.due_on IS NOT NULL
), both_limits AS (
    SELECT p.unit_id, 100.0 * (1 - p.figure::numeric / s.figure) AS shorter
    FROM promised p JOIN cases_caseclock s ON s.case_id = p.case_id AND s.kind = 'statutory' AND s.unit = p.unit
    WHERE s.figure > 0
)
SELECT c.unit_id, count(*),
    count(*) FILTER (WHERE c.result = '' OR EXISTS (
        SELECT 1 FROM cases_specialprocedure s WHERE s.case_id = c.id AND (s.ended_at IS NULL OR s.result = ''))),
    (SELECT count(*) FROM promised p WHERE p.unit_id = c.unit_id),
    (SELECT count(*) FROM promised p WHERE p.unit_id = c.unit_id AND p.early),
    (SELECT count(*) FROM both_limits b WHERE b.unit_id = c.unit_id),
    (SELECT avg(b.shorter) FROM both_limits b WHERE b.unit_id = c.unit_id)
FROM closed c GROUP BY c.unit_id
"""
_BUSY = """
SELECT DISTINCT unit_id FROM cases_case
WHERE parent_id IS NULL AND submitted_at < %(until)s AND (closed_at IS NULL OR closed_at >= %(since)s)
"""
_WORKED = """
SELECT t.unit_id, t.closed_by_id, count(*) FROM cases_task t JOIN accounts_account a ON a.id = t.closed_by_id
WHERE a.kind = 'official' AND t.closed_at >= %(since)s AND t.closed_at < %(until)s GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Share:
    """A share in percent: ``count`` of ``base`` cases, or a mean over ``base`` cases."""

    share: Decimal
    count: int
    base: int


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """What a unit finished in a month (roots only), and the shares its points are measured by."""

    closed: int
    shares: Mapping[str, Share]


def month_bounds(month: dt.date) -> dict[str, dt.datetime]:
    """Return the first moment of a month and of the next one, in China."""
    return {
        "since": dt.datetime.combine(month, dt.time(), tzinfo=CHINA),
        "until": dt.datetime.combine(shifted(month, 1), dt.time(), tzinfo=CHINA),
    }


def units_in_month(month: dt.date) -> dict[int, UnitMonth]:
    """Return every unit that had cases in a month, with those it finished.

    Early is a case decided before the day its promise ran out (instant cases aside). The promise is compared with the
    statutory limit frozen on the same case, in the same unit of time. A record is incomplete if a finished case has no
    result, or a special procedure without end or result.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, month_bounds(month))
        rows = cursor.fetchall()
        cursor.execute(_BUSY, month_bounds(month))
        found = {unit: UnitMonth(0, {}) for (unit,) in cursor.fetchall()}
    for unit, closed, incomplete, promised, early, compared, shorter in rows:
        shares = {INCOMPLETE: _share(incomplete, closed)}
        if promised:
            shares[EARLY] = _share(early, promised)
        if compared:
            shares[SHORTER] = Share(Decimal(shorter), compared, compared)
        found[unit] = UnitMonth(closed, shares)
    return found


def _share(count: int, base: int) -> Share:
    return Share(Decimal(100 * count) / base, count, base)


def people_in_month(month: dt.date) -> dict[Subject, int]:
    """Return how many tasks each official finished in a month, by unit and account."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKED, month_bounds(month))
        return {(unit, account): count for unit, account, count in cursor.fetchall()}


# -- alarms and the ledger ---------------------------------------------------------------------------------------------


def _entries_about() -> QuerySet[PointEntry]:
    about = Concat(Value(PREFIX), OuterRef("number"), output_field=CharField())
    return PointEntry.objects.filter(scheme__code=SCHEME, about=about, reverses__isnull=True)


def alarms_to_enter() -> QuerySet[Alarm]:
    """Return the alarms that stand and are not in the ledger yet, in the order they were raised."""
    rows = Alarm.objects.exclude(state=Alarm.State.WITHDRAWN).filter(~Exists(_entries_about()))
    return rows.select_related("unit", "case").order_by("pk")


def alarms_to_take_back() -> QuerySet[Alarm]:
    """Return the withdrawn alarms whose points still count."""
    standing = _entries_about().filter(reversed_by__isnull=True)
    return Alarm.objects.filter(Exists(standing), state=Alarm.State.WITHDRAWN).order_by("pk")


# -- what a page shows -------------------------------------------------------------------------------------------------


def cases_behind(actor: Actor, unit: Unit, period: Period, what: str) -> QuerySet[Case]:
    """Return the finished cases of a unit (roots only) behind a figure that the actor may see, the latest first.

    :param what: ``closed``, ``late``, or the name of a measure
    """
    rows = cases_for(actor).filter(
        unit=unit,
        parent__isnull=True,
        closed_at__gte=month_bounds(period.start)["since"],
        closed_at__lt=month_bounds(period.months[-1])["until"],
    )
    clock = CaseClock.objects.filter(case=OuterRef("pk"), kind=CaseClock.Kind.PROMISED, figure__gt=0)
    law = CaseClock.objects.filter(case=OuterRef("pk"), kind=CaseClock.Kind.STATUTORY, figure__gt=0)
    late = CaseClock.objects.filter(
        case=OuterRef("pk"), late=True, kind__in=(CaseClock.Kind.PROMISED, CaseClock.Kind.STATUTORY)
    )
    specials = SpecialProcedure.objects.filter(case=OuterRef("pk")).filter(Q(ended_at__isnull=True) | Q(result=""))
    narrowed = {
        CLOSED: Q(),
        LATE: Q(Exists(late)),
        EARLY: Q(Exists(clock.filter(ended_on__lt=F("due_on")))),
        SHORTER: Q(Exists(clock)) & Q(Exists(law)),
        INCOMPLETE: Q(result="") | Q(Exists(specials)),
    }
    if what not in narrowed:
        return rows.none()
    return rows.filter(narrowed[what]).select_related("unit").order_by("-closed_at")


def on_time_in(units: Iterable[int], period: Period, *, on: dt.date) -> dict[int, OnTime]:
    """Return the on-time figures of units in a period, up to today if it is not over."""
    return on_time_by_unit(unit_ids=units, since=period.start, until=min(period.end, on))


def cards(units: Iterable[int], period: Period) -> dict[int, dict[str, int]]:
    """Count each unit's alarms that stand, by color, in a period."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Alarm.objects.exclude(state=Alarm.State.WITHDRAWN).filter(
        unit__in=units, entered_on__range=(period.start, period.end)
    )
    for unit, color in rows.values_list("unit", "color"):
        found[unit][color] = found[unit].get(color, 0) + 1
    return found


def issuers(*, on: dt.date) -> list[Unit]:
    """Return the units that have a supervisor."""
    posts = postings_in_force(on=on).filter(role=Role.SUPERVISOR, valid_from__lte=on)
    return list(Unit.objects.filter(pk__in=posts.order_by().values("unit")).select_related("region").order_by("code"))


def scored_months() -> list[dt.date]:
    """Return the months that have standings, the earliest first."""
    return sorted(set(Standing.objects.filter(code=SCHEME).values_list("month", flat=True)))


def volumes(month: dt.date) -> dict[Subject, int]:
    """Return the volumes kept with the standings of a month."""
    rows = Standing.objects.filter(code=SCHEME, month=month).values_list("unit", "account", "volume")
    return {(unit, account): volume for unit, account, volume in rows}
