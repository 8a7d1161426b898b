"""The inspection's result as a report on the whole group, one site or one unit: scores, findings by indicator, days, what was mended."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet

from tongban.affairs.disclosure.models import Finding, SiteDay
from tongban.affairs.disclosure.permissions import INSPECTION
from tongban.affairs.disclosure.queries.inspection import FindingRow, SiteRow, newest_spec, ranking, rows_of
from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.engines.indicators.rules import places
from tongban.engines.publishing.models import Site
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import scopes
from tongban.foundation.organizations.roles import Scope

DAYS = 30
"""How far back a report looks for what was mended and how sites stood."""
OLD = dt.timedelta(days=10)
MOST = 300
"""How many findings a report lists; beyond that it says how many there are."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is on: a site, a unit, or (neither) the whole group."""

    site: Site | None = None
    unit: Unit | None = None

    @property
    def code(self) -> str:
        """Return its short name for addresses and numbers."""
        if self.site is not None:
            return f"site-{self.site.code}"
        return f"unit-{self.unit.code}" if self.unit is not None else "group"

    @property
    def title(self) -> str:
        """Return its name in the language of the request; the group has none of its own."""
        if self.site is not None:
            return str(self.site)
        return self.unit.title if self.unit is not None else ""


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator with its findings: open, with an accepted explanation, mended lately."""

    code: str
    title: str
    open: int
    excused: int
    mended: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with its open findings, those older than ten days, the points they cost, its place, and what it mended."""

    place: int
    unit: Unit
    findings: int
    old: int
    points: int
    mended: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """How a day stood: sites inspected, those that failed, the mean score, open findings."""

    day: dt.date
    sites: int
    failed: int
    mean: Decimal
    findings: int


@dataclass(slots=True)
class Report:
    """Everything a report says, as of the last inspected day."""

    subject: Subject
    spec: InspectionSpec
    day: dt.date
    since: dt.date
    sites: list[SiteRow] = field(default_factory=list)
    units: list[UnitLine] = field(default_factory=list)
    indicators: list[IndicatorLine] = field(default_factory=list)
    days: list[DayLine] = field(default_factory=list)
    open: list[FindingRow] = field(default_factory=list)
    excused: list[FindingRow] = field(default_factory=list)
    mended: list[FindingRow] = field(default_factory=list)


def may_report(actor: Actor, subject: Subject) -> bool:
    """Tell whether everything a report lists lies in the actor's scope: a site's by the unit that runs it."""
    whose = subject.unit or (subject.site.unit if subject.site is not None else office())
    own = actor.unit
    if whose is None or own is None:
        return False
    reach = {
        Scope.ANY: True,
        Scope.UNIT: whose.pk == own.pk,
        Scope.SUBTREE: whose.path.startswith(own.path),
        Scope.REGION: whose.region_path.startswith(own.region_path),
    }
    return any(reach.get(scope, False) for scope in scopes(actor, INSPECTION.code))


def office() -> Unit | None:
    """Return the unit that runs the main site and inspects the group, if there is a group."""
    site = Site.objects.filter(kind=Site.Kind.MAIN).select_related("unit__region").order_by("order", "code").first()
    return site.unit if site is not None else None


def report(subject: Subject) -> Report | None:
    """Return the report on a subject; ``None`` if nothing was inspected yet."""
    spec = newest_spec()
    day = SiteDay.objects.order_by("-day").values_list("day", flat=True).first()
    if spec is None or day is None:
        return None
    since = day - dt.timedelta(days=DAYS - 1)
    rows = _findings(subject)
    running = rows.filter(resolved_at=None)
    mended = rows.filter(resolved_at__gte=dt.datetime.combine(since, dt.time.min, CHINA))
    as_of = dt.datetime.combine(day, dt.time.max, CHINA)
    return Report(
        subject=subject,
        spec=spec,
        day=day,
        since=since,
        sites=[row for row in ranking() if subject.unit is None and subject.site in (None, row.site)],
        units=_units(subject, spec, running, mended, as_of),
        indicators=_by_indicator(spec, running, mended),
        days=_days(subject, since),
        open=rows_of(running.filter(excused_at=None).order_by("first_seen_at", "pk"), at=as_of),
        excused=rows_of(running.exclude(excused_at=None).order_by("first_seen_at", "pk"), at=as_of),
        mended=rows_of(mended.order_by("-resolved_at", "pk"), at=as_of),
    )


def _findings(subject: Subject) -> QuerySet[Finding]:
    rows = Finding.objects.select_related("site", "column", "article", "unit")
    if subject.site is not None:
        return rows.filter(site=subject.site)
    return rows.filter(unit=subject.unit) if subject.unit is not None else rows


def _units(
    subject: Subject, spec: InspectionSpec, running: QuerySet[Finding], mended: QuerySet[Finding], as_of: dt.datetime
) -> list[UnitLine]:
    """Return the units with findings, those that cost most first; a unit's own place is that among all of the group."""
    if subject.unit is not None:
        whole = Finding.objects.filter(resolved_at=None)
        lines = unit_lines(spec, whole, Finding.objects.filter(pk__in=mended.order_by().values("pk")), as_of)
        return [line for line in lines if line.unit == subject.unit]
    return unit_lines(spec, running, mended, as_of)


def unit_lines(
    spec: InspectionSpec, running: QuerySet[Finding], mended: QuerySet[Finding], as_of: dt.datetime
) -> list[UnitLine]:
    """Return units by the points that their open findings cost; equals share a place."""
    cost = {one.code: one.points for one in spec.indicators}
    counted = running.filter(excused_at=None).order_by().values_list("unit", "indicator", "first_seen_at")
    done = Counter(mended.order_by().values_list("unit", flat=True))
    sums: dict[int, list[int]] = {unit: [0, 0, 0] for unit in done}
    for unit, indicator, first_seen_at in counted:
        held = sums.setdefault(unit, [0, 0, 0])
        held[0] += 1
        held[1] += first_seen_at < as_of - OLD
        held[2] += cost.get(indicator, 0)
    units = Unit.objects.select_related("region").in_bulk(sums)
    rank = places([Decimal(each[2]) for each in sums.values()])
    lines = [
        UnitLine(place, units[key], findings, old, points, done[key])
        for place, (key, (findings, old, points)) in zip(rank, sums.items(), strict=True)
    ]
    return sorted(lines, key=lambda line: (line.place, -line.findings, line.unit.code))


def _by_indicator(spec: InspectionSpec, running: QuerySet[Finding], mended: QuerySet[Finding]) -> list[IndicatorLine]:
    def counts(rows: QuerySet[Finding]) -> Counter[str]:
        return Counter(rows.order_by().values_list("indicator", flat=True))

    waiting, excused = counts(running.filter(excused_at=None)), counts(running.exclude(excused_at=None))
    gone = counts(mended)
    return [
        IndicatorLine(one.code, str(one.title), waiting[one.code], excused[one.code], gone[one.code])
        for one in spec.indicators
    ]


def _days(subject: Subject, since: dt.date) -> list[DayLine]:
    """Return the days of the sites in question, the latest first; a unit has findings and no days of its own."""
    if subject.unit is not None:
        return []
    rows = SiteDay.objects.filter(Q(site=subject.site) if subject.site is not None else Q(), day__gte=since)
    held: dict[dt.date, list[SiteDay]] = {}
    for row in rows.order_by("-day"):
        held.setdefault(row.day, []).append(row)
    return [_day(day, each) for day, each in held.items()]


def _day(day: dt.date, rows: Sequence[SiteDay]) -> DayLine:
    mean = Decimal(sum(row.score for row in rows)) / len(rows)
    failed = sum(not row.passed for row in rows)
    return DayLine(day, len(rows), failed, mean.quantize(Decimal("0.1")), sum(row.findings for row in rows))


def mended_on(row: FindingRow) -> dt.date:
    """Return the day on which a finding was gone."""
    moment = row.finding.resolved_at
    return local_date(moment) if moment is not None else local_date(row.finding.last_seen_at)


def first_seen_on(row: FindingRow) -> dt.date:
    """Return the day on which a finding was first seen."""
    return local_date(row.finding.first_seen_at)


def shown(rows: Iterable[FindingRow]) -> list[FindingRow]:
    """Return as many findings as a report lists."""
    return list(rows)[:MOST]
