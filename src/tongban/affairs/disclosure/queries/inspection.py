"""Reads over what inspection found: how sites and units stand, the open findings, the days before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from tongban.affairs.disclosure.models import Finding, InspectionScheme, SiteDay
from tongban.affairs.disclosure.permissions import EXCUSE, INSPECTION
from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.affairs.disclosure.wording import sentence
from tongban.engines.indicators.rules import places
from tongban.engines.publishing.models import Site
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import allows, visible
from tongban.foundation.packs.localized import localized

HISTORY_DAYS = 30


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site's place in the ranking: its last day, the vetoes in words, and its scores of the days before."""

    site: Site
    rank: int
    day: dt.date
    score: int
    passed: bool
    vetoes: tuple[str, ...]
    findings: int
    scores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's place: open findings, those older than ten days, and points they cost their sites; equals share a place."""

    unit: Unit
    findings: int
    old: int
    points: int
    place: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in words."""

    finding: Finding
    title: str
    text: str
    remedy: str
    place: str
    days: int


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings to list; empty values do not narrow."""

    site: str = ""
    unit: str = ""
    indicator: str = ""
    state: str = "open"


@dataclass(slots=True)
class Words:
    """The titles and remedies of indicators by version."""

    spec: InspectionSpec | None = field(default=None)

    def of(self, indicator: str) -> tuple[str, str]:
        """Return an indicator's title and remedy."""
        found = next((one for one in self.spec.indicators if one.code == indicator), None) if self.spec else None
        return (str(found.title), str(found.remedy)) if found else (indicator, "")


def newest_spec() -> InspectionSpec | None:
    """Return the newest indicators, if a pack declares any."""
    row = InspectionScheme.objects.order_by("-effective_from", "-version").first()
    return row.content if row else None


def ranking() -> list[SiteRow]:
    """Return the sites by their last inspected day, the best first; equal scores share a rank."""
    spec = newest_spec()
    last = SiteDay.objects.order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return []
    titles = {one.check.value: str(one.title) for one in spec.indicators} if spec else {}
    days: dict[int, list[SiteDay]] = {}
    since = last - dt.timedelta(days=HISTORY_DAYS - 1)
    for row in SiteDay.objects.filter(day__gte=since).select_related("site").order_by("day"):
        days.setdefault(row.site_id, []).append(row)
    newest = sorted((rows[-1] for rows in days.values()), key=lambda row: (-row.score, row.findings, row.site.order))
    better = [row.score for row in newest]
    return [
        SiteRow(
            site=row.site,
            rank=1 + sum(score > row.score for score in better),
            day=row.day,
            score=row.score,
            passed=row.passed,
            vetoes=tuple(titles.get(name, name) for name in row.vetoes),
            findings=row.findings,
            scores=tuple(one.score for one in days[row.site_id]),
        )
        for row in newest
    ]


def unit_ranking(actor: Actor, *, at: dt.datetime, most: int = 50) -> list[UnitRow]:
    """Return the units with most open findings in the actor's scope."""
    spec = newest_spec()
    cost = {one.code: one.points for one in spec.indicators} if spec else {}
    old = at - dt.timedelta(days=10)
    rows = open_findings(actor).filter(excused_at=None).order_by()
    counted = rows.values_list("unit", "indicator").annotate(
        count=Count("pk"), aged=Count("pk", filter=Q(first_seen_at__lt=old))
    )
    found: dict[int, list[int]] = {}
    for unit, indicator, count, aged in counted:
        sums = found.setdefault(unit, [0, 0, 0])
        sums[0] += count
        sums[1] += aged
        sums[2] += count * cost.get(indicator, 0)
    units = Unit.objects.in_bulk(found)
    rank = places([Decimal(points) for _findings, _old, points in found.values()])
    lines = [
        UnitRow(units[key], findings, aged, points, place)
        for place, (key, (findings, aged, points)) in zip(rank, found.items(), strict=True)
    ]
    return sorted(lines, key=lambda line: (-line.points, -line.findings, line.unit.code))[:most]


def open_findings(actor: Actor) -> QuerySet[Finding]:
    """Return the findings in an actor's scope that are not gone."""
    return visible(actor, INSPECTION.code, Finding.objects.filter(resolved_at=None))


def findings(actor: Actor, wanted: FindingFilter) -> QuerySet[Finding]:
    """Return the findings a person may see, the oldest first."""
    rows = visible(actor, INSPECTION.code, Finding.objects.all())
    states = {
        "open": Q(resolved_at=None, excused_at=None),
        "excused": Q(resolved_at=None, excused_at__isnull=False),
        "gone": Q(resolved_at__isnull=False),
    }
    rows = rows.filter(states.get(wanted.state, states["open"]))
    for name, value in (("site__code", wanted.site), ("unit__code", wanted.unit), ("indicator", wanted.indicator)):
        if value:
            rows = rows.filter(**{name: value})
    return rows.select_related("site", "column", "article", "unit").order_by("first_seen_at", "pk")


def open_count(actor: Actor) -> int:
    """Return how many findings wait for the actor's units."""
    return open_findings(actor).filter(excused_at=None).count()


def rows_of(found: Iterable[Finding], *, at: dt.datetime) -> list[FindingRow]:
    """Return findings in words."""
    words = Words(newest_spec())
    made = []
    for row in found:
        title, remedy = words.of(row.indicator)
        place = " / ".join([str(row.site), *([localized(row.column.name)] if row.column else [])])
        days = ((row.resolved_at or at) - row.first_seen_at).days
        made.append(FindingRow(row, title, sentence(row.check_name, row.params), remedy, place, days))
    return made


def may_excuse(actor: Actor, finding: Finding) -> bool:
    """Tell whether the actor may accept an explanation for a finding."""
    return allows(actor, EXCUSE.code, finding)


def site_days(site: Site, *, most: int = 60) -> Sequence[SiteDay]:
    """Return the last inspected days of a site, the newest first."""
    return list(SiteDay.objects.filter(site=site).order_by("-day")[:most])
