"""The league table of submissions: who submitted what to the sites of a level, and the submissions behind each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from tongban.affairs.disclosure.rules.league import SHOWN, Counted, Line, Tally, ranked
from tongban.engines.indicators.models import Bulletin
from tongban.engines.indicators.queries import bulletins_for
from tongban.engines.indicators.rules import Period, PeriodKind, period_of
from tongban.engines.publishing.models import Article, Column, Site, Submission
from tongban.engines.publishing.permissions import DRAFT, VIEW
from tongban.foundation.clock.now import CHINA
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Level, Region, Unit
from tongban.foundation.organizations.paths import under
from tongban.foundation.organizations.permissions import visible
from tongban.foundation.organizations.queries import postings_in_force

SERIES = "submissions"
"""The series of bulletins."""
_FIELDS: Mapping[Counted, tuple[str, tuple[str, ...]]] = {
    Counted.SUBMITTED: ("submitted_at", ()),
    Counted.ACCEPTED: ("decided_at", (Submission.State.ACCEPTED,)),
    Counted.DECLINED: ("decided_at", (Submission.State.DECLINED,)),
    Counted.RETURNED: ("decided_at", (Submission.State.RETURNED,)),
    Counted.POINTS: ("decided_at", (Submission.State.ACCEPTED,)),
    Counted.BEFORE: ("decided_at", (Submission.State.ACCEPTED,)),
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """A unit that runs a site of its level and reports on it: the province's with the topic sites, a city's with its own."""

    unit: Unit
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """Which submissions are meant: a figure of a unit, of a region with all below, or (both empty) of the whole table."""

    what: Counted
    unit: str = ""
    region: str = ""


def issuers() -> list[Issuer]:
    """Return the units that report: those that run the main site or a city's."""
    rows = list(Site.objects.select_related("unit__region", "region").order_by("order", "code"))
    topics = tuple(site for site in rows if site.kind == Site.Kind.TOPIC)
    return [
        Issuer(site.unit, (site, *topics) if site.kind == Site.Kind.MAIN else (site,))
        for site in rows
        if site.kind != Site.Kind.TOPIC
    ]


def issuer_of(unit: Unit | None) -> Issuer | None:
    """Return what a unit reports on, if it runs the site of a level."""
    return next((one for one in issuers() if unit is not None and one.unit.pk == unit.pk), None)


def bounds(period: Period) -> tuple[dt.datetime, dt.datetime]:
    """Return the first moment of a period and the first after it."""
    first, after = (
        dt.datetime.combine(day, dt.time.min, CHINA) for day in (period.start, period.end + dt.timedelta(days=1))
    )
    return first, after


def counted(sites: Collection[str], period: Period, what: Counted) -> QuerySet[Submission]:
    """Return the submissions to some sites (by code) that a figure of a period counts."""
    span = period.before if what is Counted.BEFORE else period
    first, after = bounds(span)
    moment, states = _FIELDS[what]
    rows = Submission.objects.filter(
        **{"column__site__code__in": sorted(sites), f"{moment}__gte": first, f"{moment}__lt": after}
    )
    return rows.filter(state__in=states) if states else rows


def behind(data: Mapping[str, Any], period: Period, wanted: Behind) -> QuerySet[Submission]:
    """Return exactly the submissions that a figure of a table counts, the latest first."""
    rows = counted(data["sites"], period, wanted.what)
    if wanted.unit:
        rows = rows.filter(unit__code=wanted.unit)
    if wanted.region:
        region = Region.objects.filter(code=wanted.region).first()
        rows = rows.filter(under("unit__region_path", region.path if region else ""))
    return rows.select_related("article", "unit", "column__site").order_by("-submitted_at", "-pk")


def points_of(rows: QuerySet[Submission]) -> int:
    """Return the points of some submissions."""
    return rows.order_by().aggregate(sum=Sum("points"))["sum"] or 0


def readable(actor: Actor, rows: Iterable[Submission]) -> set[int]:
    """Return the keys of the articles among submissions whose titles an actor may read: public ones and those of the desk."""
    articles = {row.article_id for row in rows}
    public = Q(pk__in=articles, status=Article.Status.PUBLISHED)
    mine = visible(actor, VIEW.code, Article.objects.filter(pk__in=articles)).values_list("pk", flat=True)
    return set(mine) | set(Article.objects.filter(public).values_list("pk", flat=True))


def tallies(sites: Collection[str], period: Period) -> dict[int, Tally]:
    """Return the figures of every unit that submitted anything, by its key."""
    found: dict[int, dict[str, int]] = {}
    for what in SHOWN:
        rows = counted(sites, period, what).order_by().values_list("unit")
        sums = rows.annotate(sum=Sum("points") if what is Counted.POINTS else Count("pk"))
        for unit, figure in sums:
            found.setdefault(unit, {})[what.value] = figure or 0
    return {unit: Tally(**figures) for unit, figures in found.items()}


def participants(issuer: Issuer, period: Period) -> Q:
    """Return which units stand in a table whether they submitted or not.

    Those in the region with someone posted to submit by the end of the period, those that answer for a column of the
    sites, and those that run a site.
    """
    posts = postings_in_force(on=period.start).filter(role__in=DRAFT.roles, valid_from__lte=period.end)
    columns = Column.objects.filter(site__in=issuer.sites, is_open=True)
    duty = Q(pk__in=posts.order_by().values("unit")) | Q(pk__in=columns.order_by().values("unit"))
    duty |= Q(pk__in=Site.objects.exclude(kind=Site.Kind.TOPIC).order_by().values("unit"))
    return duty & under("region_path", issuer.unit.region_path)


def table(issuer: Issuer, period: Period) -> dict[str, Any]:
    """Return the table of a period as a bulletin freezes it: sections of ranked lines, sums, and what was counted."""
    codes = [site.code for site in issuer.sites]
    now, then = tallies(codes, period), tallies(codes, period.before)
    units = list(
        Unit.objects.filter(participants(issuer, period) | Q(pk__in={*now, *then}))
        .select_related("region")
        .order_by("code")
    )
    whole = sum(now.values(), Tally())
    before = sum(then.values(), Tally())
    return {
        "period": period.code,
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "issuer": issuer.unit.name,
        "issuer_code": issuer.unit.code,
        "region": issuer.unit.region.name,
        "sites": codes,
        "site_names": [dict(site.name) for site in issuer.sites],
        "sections": [section for section in _sections(issuer.unit, units, now, then) if section["rows"]],
        "totals": {**{name.value: getattr(whole, name.value) for name in SHOWN}, "before": before.points},
        "units": len(units),
        "silent": sum(not now.get(unit.pk, Tally()).submitted for unit in units),
    }


def _sections(
    office: Unit, units: Sequence[Unit], now: Mapping[int, Tally], then: Mapping[int, Tally]
) -> Iterator[dict[str, Any]]:
    """Yield the office's own level, the regions below it with all their units, the units there, and units from elsewhere."""
    level, home = office.region.level, office.region_path
    inside = [unit for unit in units if unit.region_path.startswith(home)]

    def lines(chosen: Iterable[Unit]) -> list[dict[str, Any]]:
        return ranked(
            Line(
                "unit",
                unit.code,
                _names(unit.name, unit.name_en),
                now.get(unit.pk, Tally()),
                then.get(unit.pk, Tally()),
            )
            for unit in chosen
        )

    yield _section("departments", 0, lines(unit for unit in inside if unit.level <= level))
    for below in (Level.CITY, Level.COUNTY):
        if below > level:
            regions = Region.objects.filter(under("path", home), level=below).order_by("code")
            rows = ranked(
                Line("region", region.code, _names(region.name, region.name_en), *_both(region, units, now, then))
                for region in regions
            )
            yield _section("regions", below.value, rows)
    yield _section("units", 0, lines(unit for unit in inside if unit.level > level))
    yield _section("others", 0, lines(unit for unit in units if not unit.region_path.startswith(home)))


def _both(
    region: Region, units: Sequence[Unit], now: Mapping[int, Tally], then: Mapping[int, Tally]
) -> tuple[Tally, Tally]:
    inside = [unit.pk for unit in units if unit.region_path.startswith(region.path)]
    sums = (sum((figures.get(key, Tally()) for key in inside), Tally()) for figures in (now, then))
    first, second = sums
    return first, second


def _section(kind: str, level: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": kind, "level": level, "rows": rows}


def _names(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en or zh}


def league_bulletins(actor: Actor) -> QuerySet[Bulletin]:
    """Return the bulletins of submissions an actor may read, the latest first."""
    return bulletins_for(actor).filter(code=SERIES)


def finished_quarters(*, on: dt.date, most: int = 8) -> list[Period]:
    """Return the last quarters that are over, the latest first, back to the first submission."""
    first = Submission.objects.order_by("submitted_at").values_list("submitted_at", flat=True).first()
    found: list[Period] = []
    period = period_of(on, PeriodKind.QUARTER).before
    while first is not None and len(found) < most and period.end >= first.astimezone(CHINA).date():
        found.append(period)
        period = period.before
    return found
