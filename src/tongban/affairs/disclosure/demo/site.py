"""Fills the site group: recent items by the editorial chain, older ones taken in with their dates, a few left undone."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tongban.affairs.disclosure.demo import facts, texts
from tongban.affairs.disclosure.demo.people import Desk, Staff
from tongban.engines.publishing.actions.deciding import (
    accept,
    approve,
    decline,
    return_for_changes,
    send_to_review,
    submit,
)
from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.actions.placing import pin, share
from tongban.engines.publishing.actions.publishing import publish, refresh_columns, withdraw
from tongban.engines.publishing.actions.taking_in import take_in
from tongban.engines.publishing.models import Article, Column, Site
from tongban.foundation.clock.now import CHINA
from tongban.foundation.messaging.actions import as_history
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.models import Level, Region, Unit

SUBJECTS = ("A01", "A02", "A03", "A05", "A07", "A10", "A12", "A13", "B01", "B08", "B10", "B12")
STALE_SITES = frozenset({"suizhou", "shennongjia"})
"""Their news stand still for weeks, so that the inspection has something to find."""
BARE_SITES = frozenset({"tianmen"})
"""Most of its columns are empty."""
STALE_COLUMNS = frozenset({"news.media", "services.daily-life"})
CHAIN_DAYS = 10
"""Items younger than this went the whole way through the chain."""


@dataclass(slots=True)
class Filling:
    """What the filling works with."""

    now: dt.datetime
    staff: Staff
    rng: random.Random
    made: int = 0
    regions: dict[int, list[Region]] = field(default_factory=dict)
    senders: dict[tuple[int, str], list[Unit]] = field(default_factory=dict)

    def below(self, region: Region) -> list[Region]:
        """Return the regions below one down to county, or itself."""
        if region.pk not in self.regions:
            rows = region.children.exclude(level__gt=Level.COUNTY).order_by("code")
            self.regions[region.pk] = list(rows) or [region]
        return self.regions[region.pk]

    def units_below(self, region: Region, line: str) -> list[Unit]:
        """Return the units of a line in the regions right below one."""
        if (region.pk, line) not in self.senders:
            rows = Unit.objects.select_related("region").filter(line=line, region__parent=region).order_by("code")
            self.senders[region.pk, line] = list(rows)
        return self.senders[region.pk, line]

    def moment(self, days: float) -> dt.datetime:
        """Return a moment so many days ago, in office hours."""
        at = (self.now - dt.timedelta(days=days)).astimezone(CHINA)
        return min(self.now, at.replace(hour=self.rng.choice((9, 10, 11, 14, 15, 16)), minute=self.rng.randrange(60)))


@transaction.atomic
def fill(*, now: dt.datetime, seed: int = 4) -> int:
    """Fill the sites once; return how many items were made (none if there are some already)."""
    if Article.objects.exclude(column__kind=Column.Kind.LIBRARY).exists():
        return 0
    work = Filling(now, Staff(now), random.Random(seed))  # noqa: S311
    rows = Column.objects.filter(is_open=True, mirror_of__isnull=True).select_related(
        "site__unit__region", "site__region", "unit__region"
    )
    columns = {(column.site.code, column.scheme_code or column.path): column for column in rows}
    with as_history():
        for column in columns.values():
            _fill_column(work, column)
        _facts(work, columns)
        _ways(work, columns)
    refresh_columns(at=now)
    return work.made


def _fill_column(work: Filling, column: Column) -> None:
    kinds = (Column.Kind.LIST, Column.Kind.OPEN_INFORMATION)
    if column.kind not in kinds or column.watch == Column.Watch.NONE or column.scheme_code in _FACTUAL:
        return
    for days in _ages(work, column):
        at = work.moment(days)
        content = _content(work, column, at)
        if days < CHAIN_DAYS and column.site.kind == Site.Kind.MAIN:
            through_the_chain(work, column, content, at)
        else:
            take_in(column=column, content=content, by=system_actor("demonstration"), at=at)
            work.made += 1


_FACTUAL = frozenset({"services.tips", "open.interpretation", "open.annual-reports", "policy.state-council"})


def _ages(work: Filling, column: Column) -> Iterator[float]:
    """Yield how many days old the items of a column are, the oldest first."""
    main = column.site.kind == Site.Kind.MAIN
    if column.site.code in BARE_SITES and column.watch != Column.Watch.NEWS:
        return
    news = column.watch == Column.Watch.NEWS
    number = (8 if news else 5) if main else 1
    stale = column.site.code in STALE_SITES or column.scheme_code in STALE_COLUMNS
    youngest = 36.0 if stale else work.rng.uniform(0.1, 6.0)
    spread = 40.0 if news else 150.0
    yield from sorted((youngest + spread * work.rng.random() ** 1.5 for _item in range(number)), reverse=True)
    if not stale and (news or main):
        yield youngest


def _content(work: Filling, column: Column, at: dt.datetime) -> dict[str, Any]:
    place, unit = _place(work, column)
    if column.kind == Column.Kind.OPEN_INFORMATION or column.scheme_code.startswith("policy."):
        serial = work.rng.randrange(400)
        written = at.astimezone(CHINA).date() - dt.timedelta(days=work.rng.randrange(2, 12))
        content = texts.document(work.rng, place=place, unit=unit, serial=serial, year=written.year)
        return content | {"written_on": written.isoformat(), "subject": work.rng.choice(SUBJECTS)}
    if column.watch == Column.Watch.NOTICES:
        return texts.notice(work.rng, place=place, unit=unit, month=at.month)
    return texts.news(work.rng, place=place, unit=unit)


def _place(work: Filling, column: Column) -> tuple[str, str]:
    """Return the place and the unit a text speaks of: the column's own, or for news a unit below."""
    region = column.site.region
    if column.watch != Column.Watch.NEWS or region is None:
        return (region.name if region else ""), column.unit.name
    place = work.rng.choice(work.below(region))
    return place.name, f"{place.name}政务服务和大数据管理局" if place.level > 2 else column.unit.name


def through_the_chain(work: Filling, column: Column, content: Mapping[str, Any], at: dt.datetime) -> Article:
    """Let an officer submit, an editor take, a reviewer approve and a publisher publish a text, hours apart."""
    desk = work.staff.desk(column.site)
    officer = work.staff.officer(_sender(work, column))
    before = at - dt.timedelta(days=1)
    article = save_draft(column=column, content=content, by=officer, at=before)
    offer = submit(article=article, by=officer, at=before)
    accept(submission=offer, by=desk.editor, at=at - dt.timedelta(hours=4))
    return _finish(work, article, desk, at)


def _finish(work: Filling, article: Article, desk: Desk, at: dt.datetime) -> Article:
    send_to_review(article=article, by=desk.editor, at=at - dt.timedelta(hours=2))
    approve(article=article, by=desk.reviewer, at=at - dt.timedelta(hours=1), seen_findings=True)
    work.made += 1
    return publish(article=article, by=desk.publisher, at=at)


def _sender(work: Filling, column: Column) -> Unit:
    line = work.rng.choice(("market_supervision", "health", "education", "transport"))
    region = column.site.region
    units = work.units_below(region, line) if region else []
    return work.rng.choice(units or [column.unit])


def _facts(work: Filling, columns: Mapping[tuple[str, str], Column]) -> None:
    """Publish what the platform really knows: guides, statutes, holidays, divisions, the guide to information."""
    for days, content in zip(range(60, 0, -2), facts.service_tips(), strict=False):
        _take(work, columns["hubei", "services.tips"], content, days)
    for days, content in enumerate(reversed(facts.explanations(20))):
        _take(work, columns["hubei", "open.interpretation"], content, 80 - days * 4 + 1)
    for year in (work.now.year - 2, work.now.year - 1, work.now.year):
        arrangement = facts.holidays(year)
        if arrangement is not None:
            _take(work, columns["hubei", "policy.state-council"], arrangement, (work.now.year - year) * 365 + 90)
    for column in columns.values():
        region = column.site.region
        if region is None:
            continue
        if column.scheme_code == "open.annual-reports":
            last = work.now.year - 1
            report = facts.annual_report(last, region.name, column.unit.name, region_path=region.path)
            _take(work, column, report, (work.now.date() - dt.date(last + 1, 1, 22)).days)
        elif column.scheme_code == "about.divisions":
            _take(work, column, facts.divisions(region), 200)
        elif column.scheme_code == "open.guide":
            _take(work, column, facts.guide_to_information(region.name, column.unit.name), 190)


def _take(work: Filling, column: Column, content: Mapping[str, Any], days: float) -> None:
    take_in(column=column, content=content, by=system_actor("demonstration"), at=work.moment(days))
    work.made += 1


def _ways(work: Filling, columns: Mapping[tuple[str, str], Column]) -> None:
    """Leave work at every step, share and withdraw: what an editors' desk looks like on a working day."""
    county = Unit.objects.select_related("region").get(code="420102-market_supervision")
    officer, main = work.staff.officer(county), columns["hubei", "news.departments"]
    desk = work.staff.desk(main.site)
    drafts = [
        save_draft(
            column=main, content=texts.news(work.rng, place="江岸区", unit=county.name), by=officer, at=work.moment(5)
        )
        for _serial in range(7)
    ]
    offers = [submit(article=article, by=officer, at=work.moment(4)) for article in drafts[1:]]
    decline(submission=offers[0], reason="近期已刊发同类内容。", by=desk.editor, at=work.moment(3))
    return_for_changes(submission=offers[1], reason="请补充活动时间和地点。", by=desk.editor, at=work.moment(3))
    for offer in offers[2:5]:
        accept(submission=offer, by=desk.editor, at=work.moment(2))
    send_to_review(article=offers[3].article, by=desk.editor, at=work.moment(1))
    _finish(work, offers[4].article, desk, work.moment(0.5))
    _shared(work, columns, desk)
    _from_city(work, columns, desk)
    _late_document(work, columns, officer_of=county)


def _shared(work: Filling, columns: Mapping[tuple[str, str], Column], desk: Desk) -> None:
    """Share one item of the province to three sites, pin it, and withdraw another everywhere."""
    column = columns["hubei", "news.notices"]
    first, second = Article.objects.filter(column=column, status=Article.Status.PUBLISHED).order_by("-published_at")[:2]
    targets = [columns[code, "news.notices"] for code in ("wuhan", "yichang", "business")]
    for article in (first, second):
        share(article=article, columns=targets, by=desk.publisher, at=work.moment(0.4))
    pin(article=first, column=column, by=desk.editor, at=work.moment(0.3))
    withdraw(article=second, reason="附件版本有误，更正后重新发布。", by=desk.publisher, at=work.moment(0.2))


def _from_city(work: Filling, columns: Mapping[tuple[str, str], Column], desk: Desk) -> None:
    """Let cities offer their items to the province: one taken, one waiting."""
    target = columns["hubei", "news.regions"]
    for code, taken in (("yichang", True), ("xiangyang", False)):
        column = columns[code, "news.government"]
        city = work.staff.desk(column.site)
        content = texts.news(
            work.rng, place=column.site.region.name if column.site.region else "", unit=column.unit.name
        )
        article = save_draft(column=column, content=content, by=city.editor, at=work.moment(2.5))
        _finish(work, article, city, work.moment(2))
        offer = submit(article=article, by=city.editor, at=work.moment(1.5), column=target)
        if taken:
            accept(submission=offer, by=desk.publisher, at=work.moment(1))


def _late_document(work: Filling, columns: Mapping[tuple[str, str], Column], *, officer_of: Unit) -> None:
    """Leave a document unpublished past its 20 working days (政府信息公开条例 Art. 26)."""
    written = work.moment(45).date()
    content = texts.document(work.rng, place="江岸区", unit=officer_of.name, serial=3, year=written.year)
    save_draft(
        column=columns["wuhan", "open.documents"],
        content=content | {"written_on": written.isoformat(), "subject": "A01"},
        by=work.staff.officer(officer_of),
        at=work.moment(44),
    )
