"""A unit that is unqualified in a quarter gets a sealed letter, which its head must answer (SUP-05)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tongban.affairs.supervision import actions
from tongban.affairs.supervision.actions import bulletins
from tongban.affairs.supervision.actions.letters import follow_bulletin
from tongban.affairs.supervision.models import Order, OrderEvent
from tongban.affairs.supervision.queries import orders as queries
from tongban.engines.cases.tests.factories import World, at
from tongban.engines.indicators.actions import enter_by_hand
from tongban.engines.indicators.loading import load_schemes
from tongban.engines.indicators.models import Bulletin, ScoreScheme, Standing
from tongban.engines.indicators.rules import period_of, read_period
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.documents.verify import check_pdf
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections

JOB = system_actor("test")
APRIL = at("2026-04-03")
QUARTER = read_period("2026-Q1")
ANSWER = "失分原因是现场核查排期过长；已增派两名核查人员，由副局长负责，六月底前完成。"


@pytest.fixture
def quarter(watched: World) -> World:
    """The first quarter of 2026: one unit unqualified by its mean, another qualified with one bad month."""
    root = settings.PROJECT_ROOT / "packs" / "law"
    section = next(each for each in sections() if each.name == "scores")
    load_schemes(read_section(section, root=root), Loading(root, "law", at("2026-01-01")))
    scheme = ScoreScheme.objects.get(version=1)
    for place, totals in (("lead", ("70", "82", "81")), ("other", ("70", "90", "95"))):
        for month, total in zip(QUARTER.months, totals, strict=True):
            stands(scheme, watched.units[place], month, total)
    return watched


def stands(scheme: ScoreScheme, unit: Unit, month: dt.date, total: str) -> None:
    Standing.objects.update_or_create(
        scheme=scheme, code=scheme.code, month=month, unit=unit, level=unit.level, account=None,
        defaults={"deducted": 100 - Decimal(total), "bonus": 0, "points": total, "coefficient": 1, "total": total,
                  "computed_at": APRIL},
    )  # fmt: skip


def published(world: World, *, reason: str = "", code: str = "2026-Q1") -> Bulletin:
    unit = world.supervisor.unit
    assert unit is not None
    return bulletins.publish_bulletin(
        period=read_period(code), unit=unit, by=world.supervisor, at=APRIL, reason=reason
    )  # fmt: skip


def letter() -> Order:
    return Order.objects.get(kind=Order.Kind.LETTER)


def test_the_bulletin_of_a_quarter_sends_a_letter_to_the_unqualified_unit_only(quarter: World) -> None:
    assert quarter.head.account is not None
    quarter.head.account.email = "head@example.com"
    quarter.head.account.save()
    made = published(quarter)
    order = letter()
    assert order.unit == quarter.units["lead"]
    assert (order.number[:2], order.issuer_unit, order.reply_days) == ("DC", made.unit, 10)
    assert order.due_on == calendar_for("420102").add_working_days(dt.date(2026, 4, 3), 10)
    for part in ("2026年第1季度", "77.67 分", "不合格", "合格线 80"):
        assert part in order.text
    assert [event.kind for event in order.events.all()] == [OrderEvent.Kind.ISSUED]
    assert Message.objects.filter(about=f"order:{order.number}", key__contains="supervision-letter").count() == 1


def test_a_letter_is_a_paper_sealed_by_the_office_that_says_what_took_the_points(quarter: World) -> None:
    enter_by_hand(
        code="efficiency", rule_code="discipline-warning", unit=quarter.units["lead"], account=None,
        day=dt.date(2026, 2, 9), note="通报批评", by=quarter.supervisor, at=at("2026-02-10"),
    )  # fmt: skip
    stands(ScoreScheme.objects.get(version=1), quarter.units["lead"], dt.date(2026, 2, 1), "60")
    made = published(quarter)
    document = letter().document
    assert document is not None
    assert (document.signed, document.unit) == (True, made.unit)
    assert document.data["addressee"] == quarter.units["lead"].name
    assert document.data["causes"] == [{"rule": "警告处分", "count": "1", "points": "-10.00"}]


def test_the_sealed_paper_is_valid(quarter: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    published(quarter)
    document = letter().document
    assert document is not None
    verdict = check_pdf(read_bytes(ensure_file(document=document, at=APRIL)))
    assert verdict.trusted


def test_doing_it_again_sends_nothing_twice(quarter: World) -> None:
    made = published(quarter)
    assert follow_bulletin(bulletin=made, by=JOB, at=APRIL) == []
    published(quarter, reason="更正笔误")
    assert Order.objects.filter(kind=Order.Kind.LETTER).count() == 1


def test_a_month_sends_no_letters(quarter: World) -> None:
    published(quarter, code="2026-01")
    assert not Order.objects.exists()


def test_the_job_sends_them_in_the_name_of_the_office(quarter: World) -> None:
    made = bulletins.publish_due(by=JOB, at=APRIL)
    assert [each.period for each in made] == ["2026-03", "2026-Q1"]
    order = letter()
    assert (order.issuer, order.issuer_name, order.issuer_unit) == (None, "", quarter.supervisor.unit)


def test_a_year_is_published_with_its_last_quarter_as_workbook_and_sealed_paper_to_the_heads(
    quarter: World, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    scheme = ScoreScheme.objects.get(version=1)
    for month in read_period("2026-Q4").months:
        stands(scheme, quarter.units["lead"], month, "91")
    made = bulletins.publish_due(by=JOB, at=at("2027-01-04"))
    assert [each.period for each in made] == ["2026-12", "2026-Q4", "2026"]
    year = made[-1]
    (row,) = [
        each for level in year.data["levels"] for each in level["rows"] if each["code"] == quarter.units["lead"].code
    ]
    assert (year.kind, row["total"]) == ("year", "84.33")  # the mean of six months
    assert year.workbook.size > 0
    assert check_pdf(read_bytes(ensure_file(document=year.document, at=APRIL))).trusted
    assert quarter.head.account in {each.account for each in year.deliveries.all()}


def test_only_the_head_answers_and_the_supervisor_sends_back_or_accepts(quarter: World) -> None:
    published(quarter)
    order = letter()
    assert not queries.to_answer(quarter.reviewer).exists()
    assert queries.to_answer(quarter.head).get() == order
    for stranger in (quarter.reviewer, quarter.mayor, quarter.supervisor, quarter.citizen):
        with pytest.raises(NotAllowedError):
            actions.answer(order=order, text=ANSWER, by=stranger, at=APRIL)
    actions.answer(order=order, text=ANSWER, by=quarter.head, at=at("2026-04-08"))
    actions.send_back(order=order, reason="没有写明每一项的原因", by=quarter.supervisor, at=at("2026-04-09"))
    order.refresh_from_db()
    assert order.due_on == calendar_for("420102").add_working_days(dt.date(2026, 4, 9), 10)
    actions.answer(order=order, text=ANSWER, by=quarter.head, at=at("2026-04-10"))
    actions.accept(order=order, by=quarter.supervisor, at=at("2026-04-13"))
    order.refresh_from_db()
    assert order.state == Order.State.ACCEPTED


def test_an_unanswered_letter_goes_to_the_superior_unit(quarter: World) -> None:
    published(quarter)
    assert actions.escalate_due(at=at("2026-04-17")) == []
    (late,) = actions.escalate_due(at=at("2026-04-22"))
    above = Order.objects.get(parent=late)
    assert (late.state, above.unit, above.kind) == ("escalated", quarter.units["superior"], Order.Kind.SUPERVISION)
    assert f"督查函{late.number}" in above.text


def test_a_corrected_bulletin_takes_the_letter_back(quarter: World) -> None:
    published(quarter)
    stands(ScoreScheme.objects.get(version=1), quarter.units["lead"], QUARTER.months[0], "95")
    published(quarter, reason="申诉成立，更正得分")
    order = letter()
    assert (order.state, order.events.last().text) == (  # type: ignore[union-attr]
        Order.State.WITHDRAWN,
        "通报更正后，本单位该季度得分已经不在不合格等次。",
    )


def test_a_unit_hears_from_the_office_nearest_to_it(quarter: World) -> None:
    from tongban.engines.indicators.rules import PeriodKind
    from tongban.foundation.organizations.models import Posting
    from tongban.foundation.organizations.roles import Role

    near = quarter.units["government"]
    assert quarter.mayor.account is not None
    Posting.objects.create(
        account=quarter.mayor.account, unit=near, role=Role.SUPERVISOR, valid_from=dt.date(2026, 1, 1)
    )  # fmt: skip
    published(quarter)
    assert not Order.objects.exists()
    assert period_of(dt.date(2026, 4, 3), PeriodKind.QUARTER).before == QUARTER
    bulletins.publish_due(by=JOB, at=APRIL)
    assert letter().issuer_unit == near
