"""The nightly inspection: what is found becomes work of the duty unit, what is gone is closed, each site gets its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from tongban.affairs.disclosure.actions.looking import Looking
from tongban.affairs.disclosure.addresses import Addresses
from tongban.affairs.disclosure.fetching import Fetch
from tongban.affairs.disclosure.models import Finding, InspectionScheme, Probe, SiteDay
from tongban.affairs.disclosure.queries import upkeep
from tongban.affairs.disclosure.rules.inspection import Check, Problem, Weighing, is_unreachable, judge
from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.engines.publishing.models import Article, Site
from tongban.foundation.clock.now import CHINA, local_date

BY_DATA = frozenset(
    {
        Check.HOME_STALE,
        Check.WATCHED_STALE,
        Check.OTHER_STALE,
        Check.EMPTY,
        Check.UNANSWERED,
        Check.GUIDE,
        Check.DISCLOSURE_LATE,
        Check.UNREACHABLE,
    }
)
"""Checks that need no page; the others look at pages."""


@dataclass(slots=True)
class Inspected:
    """What a run did."""

    sites: int = 0
    opened: int = 0
    kept: int = 0
    resolved: int = 0
    findings: list[int] = field(default_factory=list)


def inspect(
    *,
    at: dt.datetime,
    fetch: Fetch | None,
    root: str,
    codes: Collection[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Inspected:
    """Inspect the sites and keep what is found.

    :param fetch: how to get a page, or ``None`` to look only at what the database tells (page findings stay as they are)
    :param root: the installation's own address, without final slash
    :param codes: the sites to inspect; all of them if empty
    :raises InspectionScheme.DoesNotExist: if no pack declares indicators
    """
    scheme = current_scheme(on=local_date(at))
    spec = scheme.content
    rows = Site.objects.select_related("region").order_by("order", "code")
    sites = {site.pk: site for site in (rows.filter(code__in=codes) if codes else rows)}
    found = _by_data(sites, scheme, at)
    done = Inspected(sites=len(sites))
    looking = Looking(Addresses(root), fetch, at) if fetch is not None else None
    for pk, site in sites.items():
        problems = list(found.get(pk, ()))
        if looking is not None:
            problems += looking.at(site)
        with transaction.atomic():
            _keep(site, spec, problems, looking.looked_at if looking is not None else frozenset(), at, done)
            _day(site, scheme, at)
        if progress is not None:
            progress(site.code)
    return done


def current_scheme(*, on: dt.date) -> InspectionScheme:
    """Return the indicators in force on a day.

    :raises InspectionScheme.DoesNotExist: if no pack declares any
    """
    return InspectionScheme.objects.filter(effective_from__lte=on).latest("effective_from", "version")


def _by_data(sites: Mapping[int, Site], scheme: InspectionScheme, at: dt.datetime) -> dict[int, list[Problem]]:
    on = local_date(at)
    spec = scheme.content
    found: dict[int, list[Problem]] = {}
    sources: Iterable[Iterator[Problem]] = (
        upkeep.upkeep(sites, on=on, opened_on=scheme.effective_from, home_days=spec.home_days),
        upkeep.guides(sites),
        upkeep.late_disclosures(sites, on=on),
        upkeep.unanswered(sites, at=at),
        _unreachable(sites, spec, at),
    )
    for source in sources:
        for problem in source:
            found.setdefault(problem.site_id, []).append(problem)
    return found


def _unreachable(sites: Mapping[int, Site], spec: InspectionSpec, at: dt.datetime) -> Iterator[Problem]:
    reach = spec.reach
    since = at - dt.timedelta(days=reach.days)
    for pk, site in sites.items():
        outcomes = list(Probe.objects.filter(site=pk, at__gt=since, at__lte=at).values_list("outcome", flat=True))
        failed = sum(outcome != Probe.Outcome.OPEN for outcome in outcomes)
        if is_unreachable(len(outcomes), failed, days=reach.days, least=reach.least, share=reach.share):
            params = {"visits": len(outcomes), "failed": failed, "days": reach.days}
            yield Problem(Check.UNREACHABLE, f"site:{pk}", pk, site.unit_id, params=params)


def _keep(
    site: Site,
    spec: InspectionSpec,
    problems: Iterable[Problem],
    looked_at: Collection[str],
    at: dt.datetime,
    done: Inspected,
) -> None:
    """Open what is new, keep what is there, close what is gone: on pages only where one looked, or nothing is left."""
    known = {
        (row.check_name, row.key): row
        for row in Finding.objects.select_for_update(of=("self",))
        .select_related("article")
        .filter(site=site, resolved_at=None)
    }
    seen: set[tuple[str, str]] = set()
    fresh: list[Finding] = []
    for problem in problems:
        indicator = spec.indicator(problem.check)
        name = (problem.check.value, problem.key[:200])
        if indicator is None or name in seen:
            continue
        seen.add(name)
        row = known.get(name)
        if row is None:
            fresh.append(_finding(site, indicator.code, problem, at))
        else:
            row.last_seen_at, row.params, row.unit_id, row.url = at, dict(problem.params), problem.unit_id, problem.url
            row.save(update_fields=["last_seen_at", "params", "unit", "url"])
            done.kept += 1
    done.findings += [row.pk for row in Finding.objects.bulk_create(fresh)]
    done.opened += len(fresh)
    gone = [row.pk for name, row in known.items() if name not in seen and _was_judged(row, looked_at)]
    done.resolved += Finding.objects.filter(pk__in=gone).update(resolved_at=at)


def _was_judged(row: Finding, looked_at: Collection[str]) -> bool:
    """Tell whether this run could have seen a finding again."""
    if Check(row.check_name) in BY_DATA or row.url in looked_at:
        return True
    return row.article is not None and row.article.status != Article.Status.PUBLISHED


def _finding(site: Site, indicator: str, problem: Problem, at: dt.datetime) -> Finding:
    return Finding(
        site=site,
        column_id=problem.column_id,
        article_id=problem.article_id,
        unit_id=problem.unit_id,
        check_name=problem.check.value,
        indicator=indicator,
        key=problem.key[:200],
        url=problem.url[:1000],
        params=dict(problem.params),
        first_seen_at=at,
        last_seen_at=at,
    )


def _day(site: Site, scheme: InspectionScheme, at: dt.datetime) -> None:
    spec = scheme.content
    weighings = [
        Weighing(indicator.check, indicator.points, indicator.veto, indicator.most) for indicator in spec.indicators
    ]
    rows = Finding.objects.filter(site=site, resolved_at=None, excused_at=None)
    checks = [Check(name) for name in rows.values_list("check_name", flat=True)]
    verdict = judge(checks, weighings, base=spec.base, pass_from=spec.pass_from)
    SiteDay.objects.update_or_create(
        site=site,
        day=at.astimezone(CHINA).date(),
        defaults={
            "scheme": scheme,
            "score": verdict.score,
            "passed": verdict.passed,
            "deductions": dict(verdict.deductions),
            "vetoes": list(verdict.vetoes),
            "findings": len(checks),
        },
    )


def rescore(*, site: Site, at: dt.datetime) -> None:
    """Weigh a site's findings again, after one was excused."""
    _day(site, current_scheme(on=local_date(at)), at)
