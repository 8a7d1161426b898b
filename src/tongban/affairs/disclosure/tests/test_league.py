"""The table of submissions: every figure is the length of the list behind it, and a quarter is frozen once."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.affairs.disclosure.actions.league import draft_paper, publish_due, publish_quarter
from tongban.affairs.disclosure.errors import DisclosureError
from tongban.affairs.disclosure.queries.league import Behind, Issuer, behind, issuer_of, issuers, points_of, table
from tongban.affairs.disclosure.rules.league import SHOWN, Counted, Line, Tally, ranked
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Bulletin, BulletinDelivery
from tongban.engines.indicators.rules import read_period
from tongban.engines.publishing.models import Article, Column, Submission
from tongban.engines.publishing.tests.world import World
from tongban.foundation.clock.now import CHINA
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.documents.verify import check_pdf
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official

JOB = system_actor("test")
Q3 = read_period("2026-Q3")
AFTER = dt.datetime(2026, 10, 3, 7, 0, tzinfo=CHINA)


def on(month: int, day: int, hour: int = 10) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=CHINA)


def test_equal_points_share_a_place_and_the_next_counts_on() -> None:
    lines = [Line("unit", code, {}, Tally(points=points), Tally(points=before)) for code, points, before in
             (("a", 5, 9), ("b", 8, 1), ("c", 5, 0), ("d", 0, 0))]  # fmt: skip
    found = [(row["code"], row["place"], row["place_before"], row["up"]) for row in ranked(lines)]
    assert found == [("b", 1, 2, 1), ("a", 2, 1, -1), ("c", 2, 3, 1), ("d", 4, 3, -1)]


def test_a_table_without_points_gives_no_places() -> None:
    (row,) = ranked([Line("unit", "a", {}, Tally(submitted=1), Tally())])
    assert (row["place"], row["place_before"], row["up"]) == (None, None, None)


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 5), max_size=20))
def test_the_sum_of_lines_is_the_whole(figures: list[tuple[int, ...]]) -> None:
    rows = ranked(Line("unit", str(key), {}, Tally(*each), Tally()) for key, each in enumerate(figures))
    whole = sum((Tally(*each) for each in figures), Tally())
    assert all(sum(row[name.value] for row in rows) == getattr(whole, name.value) for name in SHOWN)


# -- with rows ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def heads(world: World) -> dict[str, Any]:
    """Heads of three units who can be reached."""
    found = {}
    for name, unit in (("head", world.county), ("city_head", world.city)):
        found[name] = official(name, (unit, Role.UNIT_HEAD))
        account = found[name].account
        assert account is not None
        account.email = f"{name}@example.com"
        account.save()
    return found


def offer(
    world: World, column: Column, at: dt.datetime, state: str = "submitted", *, decided: dt.datetime | None = None,
    of: Unit | None = None, points: int = 0,
) -> Submission:  # fmt: skip
    unit = of or world.county
    article = Article.objects.create(column=column, unit=unit, title="稿", changed_at=at, created_at=at, stage_since=at)
    return Submission.objects.create(
        article=article, unit=unit, column=column, state=state, points=points, submitted_at=at, decided_at=decided
    )


@pytest.fixture
def rows(world: World) -> World:
    """Submissions on every side of the quarter's edges, to all three sites, by three units."""
    midnight = dt.datetime(2026, 7, 1, tzinfo=CHINA)
    end = dt.datetime(2026, 10, 1, tzinfo=CHINA)
    second = dt.timedelta(seconds=1)
    offer(world, world.headlines, on(6, 29), "accepted", decided=midnight - second, points=5)
    offer(world, world.headlines, midnight - second, "accepted", decided=midnight, points=5)
    offer(world, world.headlines, midnight, "accepted", decided=end - second, points=5)
    offer(world, world.notices, end - second, "accepted", decided=end, points=5)
    offer(world, world.topic_news, on(8, 3), "accepted", decided=on(8, 4), of=world.city, points=3)
    offer(world, world.headlines, on(8, 5), "declined", decided=on(8, 6))
    offer(world, world.headlines, on(8, 5), "returned", decided=on(8, 6), of=world.city)
    offer(world, world.headlines, on(9, 5), "recalled", decided=on(9, 6))
    offer(world, world.headlines, on(9, 20))
    offer(world, world.city_news, on(8, 9), "accepted", decided=on(8, 10), points=2)
    offer(world, world.city_news, end, "accepted", decided=end, points=2)
    return world


def issuer(world: World, name: str = "province") -> Issuer:
    found = issuer_of(getattr(world, name))
    assert found is not None
    return found


def test_a_submission_counts_where_it_was_made_and_where_it_was_decided(rows: World) -> None:
    data = table(issuer(rows), Q3)
    county = next(row for section in data["sections"] if section["kind"] == "units" for row in section["rows"]
                  if row["code"] == rows.county.code)  # fmt: skip
    assert {name.value: county[name.value] for name in SHOWN} == {
        "submitted": 5, "accepted": 2, "declined": 1, "returned": 0, "points": 10,
    }  # fmt: skip
    assert county["before"] == 5
    assert data["totals"] == {
        "submitted": 7, "accepted": 3, "declined": 1, "returned": 1, "points": 13, "before": 5,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["province", "city"])
@pytest.mark.parametrize("quarter", ["2026-Q2", "2026-Q3", "2026-Q4"])
def test_every_figure_is_the_length_of_the_list_behind_it(rows: World, name: str, quarter: str) -> None:
    period = read_period(quarter)
    data = table(issuer(rows, name), period)
    compared = 0
    for what, figure, wanted in _figures(data):
        found = behind(data, period, wanted)
        held = points_of(found) if what in (Counted.POINTS, Counted.BEFORE) else found.count()
        assert held == figure, (quarter, wanted)
        compared += 1
    assert compared >= 18


def _figures(data: dict[str, Any]) -> Iterator[tuple[Counted, int, Behind]]:
    for what in Counted:
        yield what, data["totals"][what.value], Behind(what)
        for section in data["sections"]:
            for row in section["rows"]:
                yield what, row[what.value], Behind(what, **{row["kind"]: row["code"]})


def test_a_city_reports_on_its_own_site_and_the_province_on_the_rest(rows: World) -> None:
    assert {one.unit.pk: [site.code for site in one.sites] for one in issuers()} == {
        rows.province.pk: ["hubei", "business"], rows.city.pk: ["wuhan"],
    }  # fmt: skip
    assert table(issuer(rows, "city"), Q3)["totals"]["points"] == 2


def test_units_with_nothing_stand_in_the_table_with_zero(rows: World) -> None:
    data = table(issuer(rows), read_period("2026-Q1"))
    lines = {row["code"]: row["submitted"] for section in data["sections"] for row in section["rows"]}
    assert {rows.province.code, rows.city.code, rows.county.code, "420100", "420102"} <= set(lines)
    assert set(lines.values()) == {0}
    assert data["silent"] == data["units"]


def test_a_region_has_the_sum_of_its_units(rows: World) -> None:
    sections = {(one["kind"], one["level"]): one["rows"] for one in table(issuer(rows), Q3)["sections"]}
    (city,) = sections["regions", 3]
    units = sections["units", 0]
    assert all(city[name.value] == sum(row[name.value] for row in units) for name in SHOWN)


def test_the_job_publishes_a_quarter_once_when_it_is_over(rows: World, heads: dict[str, Any]) -> None:
    assert publish_due(by=JOB, at=AFTER - dt.timedelta(days=1)) == []
    assert {one.unit for one in publish_due(by=JOB, at=AFTER)} == {rows.province, rows.city}
    assert publish_due(by=JOB, at=AFTER + dt.timedelta(days=1)) == []
    bulletin = Bulletin.objects.get(unit=rows.province)
    assert (bulletin.code, bulletin.period, bulletin.version, bulletin.scheme) == ("submissions", "2026-Q3", 1, None)
    assert bulletin.data["totals"]["points"] == 13
    assert BulletinDelivery.objects.filter(bulletin=bulletin).count() == 2
    assert Message.objects.filter(about=f"bulletin:{bulletin.pk}").count() == 2


def test_before_the_first_submission_nothing_is_due(world: World) -> None:
    assert publish_due(by=JOB, at=AFTER) == []


def test_workbook_and_sealed_paper_hold_the_same_figures(rows: World) -> None:
    bulletin = publish_quarter(period=Q3, unit=rows.province, by=JOB, at=AFTER)
    book = openpyxl.load_workbook(io.BytesIO(read_bytes(bulletin.workbook)))
    lines = {line[2]: line for name in book.sheetnames[:-1] for line in book[name].iter_rows(values_only=True)}
    assert lines[rows.county.code][3:8] == (5, 2, 1, 0, 10)
    assert check_pdf(read_bytes(ensure_file(document=bulletin.document, at=AFTER))).trusted
    facts = {one["label"]: one["value"] for one in bulletin.document.data["facts"]}
    assert (facts["报送（条）"], facts["得分"]) == ("7", "13")


def test_a_correction_says_why_and_the_duty_editor_makes_it(rows: World) -> None:
    publish_quarter(period=Q3, unit=rows.province, by=JOB, at=AFTER)
    with pytest.raises(ScoreError, match="更正原因"):
        publish_quarter(period=Q3, unit=rows.province, by=rows.editor, at=AFTER)
    again = publish_quarter(period=Q3, unit=rows.province, by=rows.editor, at=AFTER, reason="补计漏报")
    assert again.version == 2


def test_only_the_unit_that_runs_the_site_publishes_and_only_what_is_over(rows: World) -> None:
    with pytest.raises(NotAllowedError):
        publish_quarter(period=Q3, unit=rows.province, by=rows.officer, at=AFTER)
    with pytest.raises(DisclosureError, match="主管站点"):
        publish_quarter(period=Q3, unit=rows.province, by=rows.city_editor, at=AFTER)
    with pytest.raises(DisclosureError, match="季度"):
        publish_quarter(period=read_period("2026-09"), unit=rows.province, by=rows.editor, at=AFTER)
    with pytest.raises(ScoreError, match="已经结束"):
        publish_quarter(period=read_period("2026-Q4"), unit=rows.province, by=rows.editor, at=AFTER)


def test_a_draft_is_an_unsealed_paper(rows: World) -> None:
    pdf = draft_paper(issuer=issuer(rows), period=read_period("2026-Q4"), at=AFTER)
    assert pdf.startswith(b"%PDF")
    assert not check_pdf(pdf).trusted
    assert not Bulletin.objects.exists()
