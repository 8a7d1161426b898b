"""The inspection's report: the same figures on paper and in the workbook, and only for those whose scope holds it all."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import yaml
from django.conf import settings

from tongban.affairs.disclosure import inspection_book
from tongban.affairs.disclosure.actions.reporting import issue_report, paper_data
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.models import Finding, InspectionScheme, SiteDay
from tongban.affairs.disclosure.queries.report import Report, Subject, may_report, report
from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.engines.publishing.models import Column
from tongban.engines.publishing.tests.world import World
from tongban.foundation.clock.now import CHINA
from tongban.foundation.documents.verify import check_pdf
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official

NIGHT = dt.datetime(2026, 11, 21, 2, 20, tzinfo=CHINA)


def found(column: Column, *, days: int, **more: Any) -> Finding:
    seen = NIGHT - dt.timedelta(days=days)
    values: dict[str, Any] = {
        "check_name": "watched_stale", "indicator": "INS-04", "key": f"column:{column.pk}:{days}", "unit": column.unit,
        "params": {"days": days + 14, "cycle": 14, "last": "2026-11-01"}, "first_seen_at": seen, "last_seen_at": NIGHT,
    }  # fmt: skip
    return Finding.objects.create(site=column.site, column=column, **(values | more))


@pytest.fixture
def inspected(world: World) -> World:
    """Two sites inspected on two days: the main one well, the city's failed; one finding mended, one long gone, one excused."""
    spec = yaml.safe_load((settings.PROJECT_ROOT / "packs/law/inspection/indicators.yaml").read_text("utf-8"))
    content = InspectionSpec.model_validate(spec)
    scheme = InspectionScheme.objects.create(
        code=content.code, version=1, title={"zh": "检查"}, spec=content.model_dump(mode="json", exclude_none=True),
        sha256="0", effective_from=dt.date(2026, 1, 1),
    )  # fmt: skip
    for site, scores in ((world.main, (100, 95)), (world.wuhan, (70, 50))):
        for day, score in zip((dt.date(2026, 11, 20), dt.date(2026, 11, 21)), scores, strict=True):
            SiteDay.objects.create(site=site, scheme=scheme, day=day, score=score, passed=score >= 60, findings=1)
    found(world.headlines, days=12)
    found(world.city_news, days=20)
    found(world.city_notices, days=3)
    found(world.city_news, days=25, resolved_at=NIGHT - dt.timedelta(days=5))
    found(world.city_news, days=90, resolved_at=NIGHT - dt.timedelta(days=60))
    found(world.city_notices, days=4, excused_at=NIGHT, excuse="栏目正在调整")
    return world


def made(subject: Subject) -> Report:
    held = report(subject)
    assert held is not None
    return held


def test_the_groups_report_ranks_sites_and_units_and_counts_by_indicator(inspected: World) -> None:
    held = made(Subject())
    assert [(row.rank, row.site.code, row.score, row.passed) for row in held.sites] == [
        (1, "hubei", 95, True), (2, "wuhan", 50, False),
    ]  # fmt: skip
    assert [(row.place, row.unit, row.findings, row.old, row.points, row.mended) for row in held.units] == [
        (1, inspected.city, 2, 1, 10, 1), (2, inspected.province, 1, 1, 5, 0),
    ]  # fmt: skip
    stale = next(row for row in held.indicators if row.code == "INS-04")
    assert (stale.open, stale.excused, stale.mended) == (3, 1, 1)
    assert [(str(row.day), str(row.mean), row.failed) for row in held.days] == [
        ("2026-11-21", "72.5", 1), ("2026-11-20", "85.0", 0),
    ]  # fmt: skip
    assert (len(held.open), len(held.excused), len(held.mended)) == (3, 1, 1)


def test_a_sites_and_a_units_report_hold_their_own_only(inspected: World) -> None:
    site, unit = made(Subject(site=inspected.wuhan)), made(Subject(unit=inspected.province))
    assert {row.finding.site_id for row in site.open} == {inspected.wuhan.pk}
    assert [row.rank for row in site.sites] == [2]
    assert (len(unit.open), unit.sites, unit.days, unit.units[0].place) == (1, [], [], 2)


def test_the_paper_is_sealed_and_the_same_content_is_the_same_paper(inspected: World) -> None:
    first = issue_report(subject=Subject(), by=inspected.publisher, at=NIGHT)
    again = issue_report(subject=Subject(), by=inspected.publisher, at=NIGHT + dt.timedelta(hours=1))
    assert again.pk == first.pk
    assert first.unit == inspected.province
    assert first.file is not None
    assert check_pdf(read_bytes(first.file)).trusted
    found(inspected.documents, days=2)
    assert issue_report(subject=Subject(), by=inspected.publisher, at=NIGHT).pk != first.pk


def test_paper_and_workbook_hold_the_same_findings(inspected: World) -> None:
    held = made(Subject())
    paper = paper_data(held)
    book = openpyxl.load_workbook(io.BytesIO(inspection_book.make(held)))
    for sheet, name in (("站点", "sites"), ("单位", "units"), ("指标", "indicators"), ("逐日", "days"),
                        ("待处理的问题", "open"), ("已采纳说明的问题", "excused"), ("消除的问题", "mended")):  # fmt: skip
        assert book[sheet].max_row - 1 == len(paper[name]), sheet


def test_a_report_is_for_those_whose_scope_holds_all_of_it(inspected: World) -> None:
    supervisor = official("supervisor", (inspected.city, Role.SUPERVISOR))
    group, site, unit = Subject(), Subject(site=inspected.wuhan), Subject(unit=inspected.county)
    asked = {
        name: [may_report(who, subject) for subject in (group, site, unit)]
        for name, who in (
            ("province", inspected.publisher), ("city", supervisor), ("officer", inspected.officer),
            ("city officer", inspected.city_officer),
        )
    }  # fmt: skip
    assert asked == {
        "province": [True, True, True],
        "city": [False, True, True],
        "officer": [False, False, True],
        "city officer": [False, True, False],
    }
    with pytest.raises(NotAllowedError):
        issue_report(subject=group, by=supervisor, at=NIGHT)


def test_before_the_first_inspection_there_is_nothing_to_report(world: World) -> None:
    assert report(Subject()) is None
    with pytest.raises(DisclosureError, match="没有检查过"):
        issue_report(subject=Subject(), by=world.publisher, at=NIGHT)
