"""The published service standard: frozen by month, quiet about small numbers, with a reason for each late case."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tongban.affairs.supervision.actions import standard as actions
from tongban.affairs.supervision.models import PublishedMonth, ServiceFigure
from tongban.affairs.supervision.queries import standard as queries
from tongban.engines.cases.models import Case
from tongban.engines.cases.tests.factories import World, at
from tongban.engines.catalog.models import Implementation
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.organizations.models import Region
from tongban.foundation.organizations.permissions import NotAllowedError

MARCH = dt.date(2026, 3, 1)
REASON = "现场核查人员不足，核查排期推后了八个工作日，已增派人员。"


def finished(world: World, item: Implementation, *, on: str) -> Case:
    """Return a case accepted on 2 March and delivered on a day."""
    case = world.do(world.submit(item, when="2026-03-02"), "accept", "2026-03-02")
    for action in ("pass", "grant", "issue", "deliver"):
        case = world.do(case, action, on)
    return case


@pytest.fixture
def item(world: World) -> Implementation:
    """An item promised in five working days."""
    return world.item("licensing-review", promised=5)


def test_a_month_says_what_was_promised_and_what_it_took(world: World, item: Implementation) -> None:
    for day in ("2026-03-04", "2026-03-05", "2026-03-05", "2026-03-06", "2026-03-16"):
        finished(world, item, on=day)
    month = actions.publish_month(month=MARCH, at=at("2026-04-01"))
    own, items = queries.of_unit(month, item.unit)
    assert own is not None
    assert own.closed == items[0].closed == 5
    assert (items[0].promised, items[0].median, items[0].rate) == (Decimal(5), Decimal(3), Decimal(80))
    assert items[0].mean == Decimal("4.4")
    region, _places, units = queries.of_region(month, Region.objects.get(code="420102"))
    assert region is not None
    assert region.rate == Decimal(80)
    assert [row.unit for row in units] == [item.unit.code]
    _own, places, _units = queries.of_region(month, Region.objects.get(code="420100"))
    assert [row.region for row in places] == ["420102"]
    reached = queries.of_item(item.code)
    assert reached is not None
    assert reached.mean == Decimal("4.4")


def test_small_numbers_say_only_how_many(world: World, item: Implementation) -> None:
    finished(world, item, on="2026-03-16")
    month = actions.publish_month(month=MARCH, at=at("2026-04-01"))
    own, _items = queries.of_unit(month, item.unit)
    assert own is not None
    assert own.few
    assert (own.closed, own.rate, own.mean, own.median) == (1, None, None, None)


def test_what_is_published_does_not_change(world: World, item: Implementation) -> None:
    finished(world, item, on="2026-03-04")
    first = actions.publish_month(month=MARCH, at=at("2026-04-01"))
    before = list(ServiceFigure.objects.values_list())
    finished(world, item, on="2026-03-05")
    assert actions.publish_month(month=MARCH, at=at("2026-04-20")).published_at == first.published_at
    assert list(ServiceFigure.objects.values_list()) == before


def test_a_month_that_is_not_over_is_not_published(world: World) -> None:
    with pytest.raises(actions.MonthNotOverError):
        actions.publish_month(month=MARCH, at=at("2026-03-31"))


def test_the_job_publishes_on_the_first_working_day_and_makes_up_for_a_missed_one(world: World) -> None:
    assert actions.publish_due(at=at("2026-02-01")) is None  # a Sunday
    made = actions.publish_due(at=at("2026-02-02"))
    assert made is not None
    assert made.month == dt.date(2026, 1, 1)
    assert actions.publish_due(at=at("2026-02-03")) is None
    late = actions.publish_due(at=at("2026-03-18"))
    assert late is not None
    assert late.month == dt.date(2026, 2, 1)


def test_a_late_case_wants_a_reason_and_shows_it_without_naming_anyone(world: World, item: Implementation) -> None:
    case = finished(world, item, on="2026-03-16")
    finished(world, item, on="2026-03-05")
    assert [row.pk for row in queries.wanting_reasons(world.head)] == [case.pk]
    assert queries.count_wanting(world.head) == 1
    month = actions.publish_month(month=MARCH, at=at("2026-04-01"))
    (row,) = queries.late_cases(month, unit=item.unit)
    assert (row.days, row.reason) == (5, "")
    actions.explain_late(case=case, text=REASON, by=world.head, at=at("2026-04-02"))
    (row,) = queries.late_cases(month, region_path="/420000/")
    assert row.reason == REASON
    assert case.number not in str(row)
    assert queries.count_wanting(world.head) == 0
    assert AuditEvent.objects.filter(kind="supervision.late_reason").count() == 1


def test_a_reason_may_be_changed_until_its_month_is_out(world: World, item: Implementation) -> None:
    case = finished(world, item, on="2026-03-16")
    actions.explain_late(case=case, text=REASON, by=world.reviewer, at=at("2026-03-17"))
    actions.explain_late(case=case, text=REASON + "已向申请人致歉。", by=world.head, at=at("2026-03-18"))
    actions.publish_month(month=MARCH, at=at("2026-04-01"))
    (row,) = queries.wanting_rows([Case.objects.select_related("unit").get(pk=case.pk)])
    assert row.fixed
    with pytest.raises(actions.ReasonRefusedError, match="不能再改"):
        actions.explain_late(case=case, text=REASON, by=world.head, at=at("2026-04-02"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("忙", "10 到 300"),
        ("申请人张三一直没有来现场，核查做不了。", "不能写申请人"),
        ("联系电话 13900000000 打不通，核查推后。", "不能写申请人"),
        ("身份证 420102199001011237 核对花了时间，推后。", "不能写申请人"),
    ],
)
def test_a_reason_that_says_nothing_or_names_someone_is_refused(
    world: World, item: Implementation, text: str, says: str
) -> None:
    case = finished(world, item, on="2026-03-16")
    with pytest.raises(actions.ReasonRefusedError, match=says):
        actions.explain_late(case=case, text=text, by=world.head, at=at("2026-03-17"))


def test_only_the_unit_itself_explains_and_only_late_cases(world: World, item: Implementation) -> None:
    late, fine = finished(world, item, on="2026-03-16"), finished(world, item, on="2026-03-04")
    for stranger in (world.supervisor, world.other_clerk, world.citizen):
        with pytest.raises(NotAllowedError):
            actions.explain_late(case=late, text=REASON, by=stranger, at=at("2026-03-17"))
        assert not queries.wanting_reasons(stranger).exists()
    with pytest.raises(actions.ReasonRefusedError, match="不需要说明"):
        actions.explain_late(case=fine, text=REASON, by=world.head, at=at("2026-03-17"))
    assert not PublishedMonth.objects.exists()


def test_a_small_item_does_not_follow_from_its_units_total(world: World, item: Implementation) -> None:
    other = world.item("licensing-review", promised=5)
    for _number in range(6):
        finished(world, item, on="2026-03-04")
    finished(world, other, on="2026-03-05")
    month = actions.publish_month(month=MARCH, at=at("2026-04-01"))
    own, items = queries.of_unit(month, item.unit)
    assert own is not None
    assert [(row.closed, row.few, row.mean) for row in items] == [(6, True, None), (1, True, None)]
    assert (own.closed, own.few, own.rate, own.median) == (7, False, Decimal(100), Decimal(2))
