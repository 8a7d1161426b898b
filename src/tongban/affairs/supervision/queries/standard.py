"""The published service standard: promised and actual time by place and item, and the reasons for late cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from tongban.affairs.supervision.models import LateReason, PublishedMonth, ServiceFigure
from tongban.affairs.supervision.permissions import EXPLAIN
from tongban.affairs.supervision.queries.listing import LATE
from tongban.engines.cases.models import Case, CaseClock
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Region, Unit
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.packs.localized import localized

MOST_LATE = 200
LATE_KINDS = (CaseClock.Kind.STATUTORY, CaseClock.Kind.PROMISED)


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One line of the published table. ``few`` tells that there were too few cases to say more."""

    name: str
    region: str
    unit: str
    item: str
    closed: int
    few: bool
    rate: Decimal | None
    promised: Decimal | None
    mean: Decimal | None
    median: Decimal | None


@dataclass(frozen=True, slots=True)
class LateRow:
    """A case closed late as the public sees it: no number, no person. ``reason`` is empty if the unit gave none."""

    closed_on: dt.date
    title: str
    unit: str
    days: int
    statutory: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Wanting:
    """A late case at the desk of the unit that has to say why. ``fixed`` tells that the reason is out."""

    case: Case
    days: int
    reason: str
    fixed: bool


def months() -> list[PublishedMonth]:
    """Return the published months, the latest first."""
    return list(PublishedMonth.objects.order_by("-month"))


def of_region(month: PublishedMonth, region: Region) -> tuple[StandardRow | None, list[StandardRow], list[StandardRow]]:
    """Return a region's own row, those of the regions below it, and those of its own units."""
    below = {row.path: row for row in Region.objects.filter(parent=region, level__lte=Level.COUNTY)}
    figures = ServiceFigure.objects.filter(month=month, unit__isnull=True)
    own = figures.filter(region_path=region.path).first()
    rows = {row.region_path: row for row in figures.filter(region_path__in=list(below))}
    places = [
        _row(month, rows[place.path], place.name, region=place.code)
        for place in sorted(below.values(), key=lambda each: each.code)
        if place.path in rows
    ]
    units = ServiceFigure.objects.filter(
        month=month, unit__isnull=False, implementation__isnull=True, region_path__startswith=region.path
    ).select_related("unit")
    for path in below:
        units = units.exclude(region_path__startswith=path)
    shown = [_row(month, row, row.unit.name, unit=row.unit.code) for row in units.order_by("unit__code") if row.unit]
    return (_row(month, own, region.name, region=region.code) if own else None), places, shown


def of_unit(month: PublishedMonth, unit: Unit) -> tuple[StandardRow | None, list[StandardRow]]:
    """Return a unit's own row and those of its items."""
    rows = ServiceFigure.objects.filter(month=month, unit=unit).select_related("implementation")
    own = next((row for row in rows if row.implementation is None), None)
    items = [
        _row(month, row, localized(row.implementation.name), unit=unit.code, item=row.implementation.code)
        for row in rows
        if row.implementation is not None
    ]
    items.sort(key=lambda row: (-row.closed, row.name))
    return (_row(month, own, unit.name, unit=unit.code) if own else None), items


def of_item(code: str) -> StandardRow | None:
    """Return what an item of a unit reached in the latest published month, or None if nothing was closed."""
    month = PublishedMonth.objects.order_by("-month").first()
    if month is None:
        return None
    row = ServiceFigure.objects.filter(month=month, implementation__code=code).select_related("unit").first()
    return _row(month, row, f"{month.month:%Y-%m}", unit=row.unit.code if row.unit else "") if row else None


def _row(
    month: PublishedMonth, figure: ServiceFigure, name: str, *, region: str = "", unit: str = "", item: str = ""
) -> StandardRow:
    few = figure.late is None or figure.closed < month.threshold
    rate = None
    if figure.late is not None and figure.closed:
        rate = (Decimal(100 * (figure.closed - figure.late)) / figure.closed).quantize(Decimal("0.1"))
    return StandardRow(
        name, region, unit, item, figure.closed, few, rate, figure.promised, figure.mean, figure.median
    )  # fmt: skip


def late_cases(month: PublishedMonth, *, region_path: str = "", unit: Unit | None = None) -> list[LateRow]:
    """Return the cases of a month that were closed after their limit, those longest over first."""
    rows = _late().filter(closed_at__gte=_moment(month.month), closed_at__lt=_moment(_after(month.month)))
    rows = rows.filter(unit=unit) if unit is not None else rows.filter(region_path__startswith=region_path)
    held = list(rows.select_related("unit", "implementation")[: MOST_LATE * 5])
    reasons = dict(LateReason.objects.filter(case__in=held).values_list("case", "text"))
    found = []
    for case in held:
        days, statutory = _over(case)
        title = localized(case.implementation.name) if case.implementation else case.title
        closed_on = local_date(case.closed_at) if case.closed_at else month.month
        found.append(LateRow(closed_on, title, case.unit.name, days, statutory, reasons.get(case.pk, "")))
    return sorted(found, key=lambda row: (-row.days, row.closed_on))[:MOST_LATE]


def wanting_reasons(actor: Actor) -> QuerySet[Case]:
    """Return the late cases of an official's unit, those without a reason first, then the latest."""
    rows = visible(actor, EXPLAIN.code, _late())
    reason = LateReason.objects.filter(case=OuterRef("pk"))
    return rows.annotate(explained=Exists(reason)).order_by("explained", "-closed_at")


def count_wanting(actor: Actor) -> int:
    """Return how many late cases of an official's unit wait for a reason."""
    rows = visible(actor, EXPLAIN.code, _late())
    return rows.exclude(Exists(LateReason.objects.filter(case=OuterRef("pk")))).count()


def wanting_rows(cases: Iterable[Case]) -> list[Wanting]:
    """Return lines for the desk."""
    held = list(cases)
    reasons = dict(LateReason.objects.filter(case__in=held).values_list("case", "text"))
    out = set(PublishedMonth.objects.values_list("month", flat=True))
    return [
        Wanting(
            case,
            _over(case)[0],
            reasons.get(case.pk, ""),
            case.pk in reasons and case.closed_at is not None and local_date(case.closed_at).replace(day=1) in out,
        )
        for case in held
    ]


def _late() -> QuerySet[Case]:
    clocks = CaseClock.objects.filter(kind__in=LATE_KINDS, late=True)
    rows = Case.objects.filter(LATE, closed_at__isnull=False, parent__isnull=True)
    return rows.prefetch_related(Prefetch("clocks", queryset=clocks, to_attr="late_clocks"))


def _over(case: Case) -> tuple[int, bool]:
    """Return by how many working days a case was late, and whether the statutory limit was passed too."""
    calendar = calendar_for(case.unit.region_code)
    days, statutory = 0, False
    clocks: list[CaseClock] = getattr(case, "late_clocks", [])
    for clock in clocks:
        if clock.due_on is not None and clock.ended_on is not None:
            days = max(days, calendar.working_days_between(clock.due_on, clock.ended_on), 1)
            statutory = statutory or clock.kind == CaseClock.Kind.STATUTORY
    return days, statutory


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=CHINA)


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)
