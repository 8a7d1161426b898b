"""Reminders and supervision orders: who may send them, what they change, and that they change no legal date."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.affairs.supervision import actions
from tongban.affairs.supervision.actions import (
    OrderRefused,
    Subject,
    examine,
    issue_order,
    remind,
    subject_of_alarm,
    subject_of_case,
    withdraw_alarm,
)
from tongban.affairs.supervision.models import Alarm, Order, OrderEvent, OrderReply
from tongban.affairs.supervision.queries import orders as queries
from tongban.engines.cases.actions import ActionRefused, act, add_note, answer_rating, judge_material, rate
from tongban.engines.cases.models import Case, CaseClock, CaseEvent, ClockEntry, Rating
from tongban.engines.cases.queries import available_actions, timeline
from tongban.engines.cases.tests.factories import World, at
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError

TEXT = "请说明超期原因，并在三日内办结。"


@pytest.fixture
def case(watched: World) -> Case:
    """A case accepted on the third of March and left in review."""
    return watched.do(watched.submit(watched.item("licensing-review"), when="2026-03-02"), "accept", "2026-03-03")


@pytest.fixture
def alarm(watched: World, case: Case) -> Alarm:
    """The yellow card for its late step."""
    found = examine([case.pk], at=at("2026-03-16")).raised
    return next(each for each in found if each.rule_code == "SUP-21")


def ordered(world: World, alarm: Alarm, when: str = "2026-03-16", key: str = "order-1", **more: Any) -> Order:
    """Return a supervision order for an alarm."""
    return issue_order(
        subject=subject_of_alarm(alarm), alarm=alarm, text=TEXT, key=key, by=world.supervisor, at=at(when), **more
    )  # fmt: skip


def dates(case: Case) -> list[tuple[Any, ...]]:
    """Return every date and ledger line of a case."""
    clocks = (
        CaseClock.objects.filter(case=case).order_by("pk").values_list("pk", "due_on", "warn_on", "running", "used")
    )
    lines = ClockEntry.objects.filter(clock__case=case).order_by("pk").values_list("pk", "kind", "on")
    row = Case.objects.values_list("statutory_due_on", "promised_due_on", "step_due_on", "light", "status", "version")
    return [*clocks, *lines, row.get(pk=case.pk)]


# -- reminders -----------------------------------------------------------------------------------------------------------


def test_supervisor_and_unit_head_may_urge_a_running_case(watched: World, case: Case) -> None:
    sent = remind(case=case, text=TEXT, key="a", by=watched.head, at=at("2026-03-10"))
    assert (sent.kind, sent.unit, sent.step, sent.due_on, sent.state) == ("reminder", case.unit, "review", None, "sent")
    assert remind(case=case, text=TEXT, key="b", by=watched.supervisor, at=at("2026-03-11")).pk != sent.pk
    entry = timeline(case, public=False)[0]
    assert (entry.title, entry.text, entry.actor) == ("催办", TEXT, watched.supervisor.name)
    assert not any(each.act.startswith("supervision") for each in timeline(case, public=True))


def test_nobody_else_may_urge(watched: World, case: Case) -> None:
    for who in (watched.clerk, watched.reviewer, watched.next_clerk, watched.citizen):
        with pytest.raises(NotAllowedError):
            remind(case=case, text=TEXT, key="a", by=who, at=at("2026-03-10"))


def test_one_reminder_a_step_and_day_is_enough(watched: World, case: Case) -> None:
    first = remind(case=case, text=TEXT, key="a", by=watched.head, at=at("2026-03-10"))
    assert remind(case=case, text=TEXT, key="a", by=watched.head, at=at("2026-03-10")) == first
    with pytest.raises(OrderRefused, match="今天"):
        remind(case=case, text=TEXT, key="b", by=watched.supervisor, at=at("2026-03-10"))
    with pytest.raises(OrderRefused):
        remind(case=case, text="   ", key="c", by=watched.head, at=at("2026-03-11"))


def test_a_reminder_closes_when_its_step_is_done_or_answered(watched: World, case: Case) -> None:
    sent = remind(case=case, text=TEXT, key="a", by=watched.head, at=at("2026-03-10"))
    assert actions.close_done(at=at("2026-03-10")) == 0
    watched.do(case, "pass", "2026-03-11")
    assert actions.close_done(at=at("2026-03-11")) == 1
    assert actions.close_done(at=at("2026-03-11")) == 0
    sent.refresh_from_db()
    assert sent.state == "closed"
    second = remind(case=case, text=TEXT, key="b", by=watched.head, at=at("2026-03-12"))
    actions.answer(order=second, text="今天办结", by=watched.approver, at=at("2026-03-12"))
    second.refresh_from_db()
    assert second.state == "closed"


def test_a_case_that_is_over_is_not_urged(watched: World, case: Case) -> None:
    watched.do(case, "withdraw", "2026-03-04")
    case.refresh_from_db()
    with pytest.raises(OrderRefused, match="已经结束"):
        remind(case=case, text=TEXT, key="a", by=watched.head, at=at("2026-03-10"))


# -- supervision orders --------------------------------------------------------------------------------------------------


def test_an_order_has_its_own_limit_of_three_working_days_and_shortens_nothing(
    watched: World, case: Case, alarm: Alarm
) -> None:
    before = dates(case)
    order = ordered(watched, alarm)
    assert (order.due_on, order.reply_days, order.unit) == (dt.date(2026, 3, 19), 3, case.unit)
    reply = actions.answer(order=order, text="人手不足，今日办结", by=watched.head, at=at("2026-03-17"))
    assert not reply.late
    actions.accept(order=order, text="", by=watched.supervisor, at=at("2026-03-18"))
    remind(case=case, text=TEXT, key="r", by=watched.supervisor, at=at("2026-03-18"))
    assert dates(case) == before
    order.refresh_from_db()
    assert (order.state, order.judged_by) == ("accepted", watched.supervisor.name)
    assert [event.kind for event in order.events.all()] == ["issued", "answered", "accepted"]
    acts = CaseEvent.objects.filter(case=case, act__startswith="supervision").values_list("act", flat=True)
    assert set(acts) == {"supervision_issued", "supervision_answered", "supervision_accepted"}
    assert AuditEvent.objects.filter(stream=f"order:{order.number}").count() == 3


def test_only_the_supervisor_orders_and_only_in_the_own_region(watched: World, case: Case, alarm: Alarm) -> None:
    for who in (watched.head, watched.clerk, watched.citizen, watched.next_clerk):
        with pytest.raises(NotAllowedError):
            issue_order(subject=subject_of_alarm(alarm), alarm=alarm, text=TEXT, key="x", by=who, at=at("2026-03-16"))
    elsewhere = Subject("column:site/notices", watched.units["superior"])
    assert issue_order(subject=elsewhere, text=TEXT, key="y", by=watched.supervisor, at=at("2026-03-16")).case is None
    Alarm.objects.filter(pk=alarm.pk).update(region_path="/430000/")
    with pytest.raises(NotAllowedError):
        ordered(watched, alarm)


def test_an_alarm_has_one_open_order_and_the_same_key_gives_the_same(watched: World, alarm: Alarm) -> None:
    order = ordered(watched, alarm)
    assert ordered(watched, alarm) == order
    with pytest.raises(OrderRefused, match="未了结"):
        ordered(watched, alarm, key="second")
    for days in (0, 31):
        with pytest.raises(OrderRefused) as refused:
            ordered(watched, alarm, key="third", reply_days=days)
        assert "reply_days" in refused.value.field_errors


def test_the_unit_answers_and_the_supervisor_sends_back_with_a_reason(watched: World, alarm: Alarm) -> None:
    order = ordered(watched, alarm)
    for stranger in (watched.supervisor, watched.other_clerk, watched.next_clerk, watched.citizen):
        with pytest.raises(NotAllowedError):
            actions.answer(order=order, text="x", by=stranger, at=at("2026-03-17"))
    with pytest.raises(OrderRefused):
        actions.accept(order=order, by=watched.supervisor, at=at("2026-03-17"))
    actions.answer(order=order, text="已办", by=watched.reviewer, at=at("2026-03-17"))
    with pytest.raises(OrderRefused):
        actions.answer(order=order, text="再答", by=watched.reviewer, at=at("2026-03-17"))
    with pytest.raises(OrderRefused):
        actions.send_back(order=order, reason=" ", by=watched.supervisor, at=at("2026-03-18"))
    with pytest.raises(NotAllowedError):
        actions.send_back(order=order, reason="没有说明原因", by=watched.head, at=at("2026-03-18"))
    back = actions.send_back(order=order, reason="没有说明原因", by=watched.supervisor, at=at("2026-03-18"))
    assert (back.state, back.due_on) == ("sent_back", dt.date(2026, 3, 23))
    actions.answer(order=order, text="原因是……", by=watched.head, at=at("2026-03-24"))
    assert list(OrderReply.objects.filter(order=order).values_list("late", flat=True)) == [False, True]


def test_an_order_not_answered_in_time_goes_up_once(watched: World, case: Case, alarm: Alarm) -> None:
    order = ordered(watched, alarm)
    assert actions.escalate_due(at=at("2026-03-19")) == []
    assert [each.pk for each in actions.escalate_due(at=at("2026-03-20"))] == [order.pk]
    assert actions.escalate_due(at=at("2026-03-20")) == []
    order.refresh_from_db()
    child = order.children.get()
    assert (order.state, order.escalated_to) == ("escalated", watched.units["superior"])
    assert (child.unit, child.issuer, child.due_on) == (
        watched.units["superior"],
        watched.supervisor.account,
        dt.date(2026, 3, 25),
    )
    assert order.number in child.text
    actions.answer(order=child, text="已督促", by=watched.top_head, at=at("2026-03-23"))
    actions.answer(order=order, text="已办结", by=watched.head, at=at("2026-03-23"))
    actions.accept(order=order, by=watched.supervisor, at=at("2026-03-24"))
    child.refresh_from_db()
    assert child.state == "closed"
    assert actions.escalate_due(at=at("2026-05-20")) == []


def test_without_a_superior_unit_the_order_goes_back_to_its_issuer(watched: World, case: Case) -> None:
    subject = Subject("column:site/notices", watched.units["superior"])
    order = issue_order(subject=subject, text=TEXT, key="x", by=watched.supervisor, at=at("2026-03-16"))
    actions.escalate_due(at=at("2026-03-25"))
    order.refresh_from_db()
    assert (order.state, order.escalated_to, order.children.count()) == ("escalated", None, 0)
    actions.answer(order=order, text="已办", by=watched.top_head, at=at("2026-03-26"))


def test_an_order_withdrawn_with_its_alarm_ends_with_those_above_it(watched: World, alarm: Alarm) -> None:
    order = ordered(watched, alarm)
    actions.escalate_due(at=at("2026-03-20"))
    withdraw_alarm(alarm=alarm, reason="日历录入有误", by=watched.supervisor, at=at("2026-03-20"))
    order.refresh_from_db()
    assert (order.state, order.children.get().state) == ("withdrawn", "closed")
    assert "日历录入有误" in order.events.get(kind="withdrawn").text
    with pytest.raises(OrderRefused, match="撤销"):
        ordered(watched, alarm, key="again")
    with pytest.raises(OrderRefused):
        actions.withdraw_order(order=order, reason="x", by=watched.supervisor, at=at("2026-03-21"))


def test_the_history_of_an_order_cannot_be_changed_in_the_database(watched: World, alarm: Alarm) -> None:
    order = ordered(watched, alarm)
    actions.answer(order=order, text="已办", by=watched.head, at=at("2026-03-17"))
    tries: list[Callable[[], object]] = [
        lambda: OrderEvent.objects.filter(order=order).update(text="别的"),
        lambda: OrderEvent.objects.filter(order=order).delete(),
        lambda: OrderReply.objects.filter(order=order).update(text="别的"),
    ]
    for change in tries:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_unit_head_and_issuer_are_told(watched: World, alarm: Alarm) -> None:
    for who in (watched.head, watched.supervisor):
        assert who.account is not None
        who.account.email = f"{who.account.username}@tongban.test"
        who.account.save(update_fields=["email"])
    order = ordered(watched, alarm)
    actions.answer(order=order, text="已办", by=watched.head, at=at("2026-03-17"))
    actions.accept(order=order, by=watched.supervisor, at=at("2026-03-18"))
    told = Message.objects.filter(about=f"order:{order.number}").order_by("created_at")
    assert [row.account_id for row in told] == [
        who.account.pk for who in (watched.head, watched.supervisor, watched.head) if who.account
    ]


def test_the_light_of_an_order_is_that_of_its_own_limit(watched: World, alarm: Alarm) -> None:
    order = ordered(watched, alarm)
    lights = {day: queries.order_light(order, dt.date(2026, 3, day))[0] for day in (16, 17, 18, 19, 20, 23)}
    assert lights == {16: "green", 17: "green", 18: "amber", 19: "amber", 20: "red", 23: "red"}
    assert queries.to_answer(watched.head).count() == 1
    assert queries.unanswered(watched.supervisor) == (1, dt.date(2026, 3, 16))
    actions.answer(order=order, text="已办", by=watched.head, at=at("2026-03-17"))
    assert (queries.to_answer(watched.head).count(), queries.to_judge(watched.supervisor).count()) == (0, 1)


# -- the supervisor's seat -----------------------------------------------------------------------------------------------


def test_a_supervisor_can_do_nothing_with_a_case_but_order(watched: World, case: Case) -> None:
    """The seat is read-only by construction: every action of the process, notes, materials and ratings are refused."""
    seat = watched.supervisor
    assert available_actions(case, seat, at=at("2026-03-10")) == []
    before = (dates(case), CaseEvent.objects.filter(case=case).count())
    for action in (
        "assign",
        "pass",
        "object",
        "grant",
        "refuse",
        "accept",
        "withdraw",
        "transfer",
        "terminate",
        "deliver",
    ):
        with pytest.raises((NotAllowedError, ActionRefused)):
            act(case=case, action=action, by=seat, at=at("2026-03-10"), data=watched.data(case, action, {}))
    material = case.materials.all()[0]
    rating = Rating(case=case, score=5, is_bad=True, rated_at=at("2026-03-10"))
    tries: list[Callable[[], object]] = [
        lambda: add_note(case=case, text="x", by=seat, at=at("2026-03-10")),
        lambda: judge_material(material=material, verdict="accepted", by=seat, at=at("2026-03-10")),
        lambda: rate(case=case, score=1, by=seat, at=at("2026-03-10")),
        lambda: answer_rating(rating=rating, answer="x", by=seat, at=at("2026-03-10")),
    ]
    for change in tries:
        with pytest.raises(NotAllowedError):
            change()
    assert (dates(case), CaseEvent.objects.filter(case=case).count()) == before


# -- any sequence --------------------------------------------------------------------------------------------------------

STEPS = ("answer", "accept", "send_back", "withdraw", "escalate", "wait")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=9))
def test_whatever_is_done_with_an_order_its_history_tells_its_state_and_no_clock_moves(
    watched: World, case: Case, steps: list[str]
) -> None:
    with transaction.atomic():
        before, moment = dates(case), at("2026-03-16")
        order = issue_order(
            subject=subject_of_case(case), text=TEXT, key=f"any-{'-'.join(steps)}", by=watched.supervisor, at=moment
        )  # fmt: skip
        for step in steps:
            moment += dt.timedelta(days=5 if step == "wait" else 1)
            with contextlib.suppress(OrderRefused):
                _do(watched, order, step, moment)
        order.refresh_from_db()
        kinds = [event.kind for event in order.events.order_by("seq")]
        last = {"issued": "sent"}.get(kinds[-1], kinds[-1])
        assert order.state == last
        assert (order.ended_at is not None) == (order.state in ("accepted", "withdrawn", "closed"))
        assert [event.seq for event in order.events.order_by("seq")] == list(range(1, len(kinds) + 1))
        assert order.replies.count() == kinds.count("answered")
        if order.ended_at is not None:
            assert not Order.objects.filter(parent=order, ended_at__isnull=True).exists()
        assert Order.objects.filter(parent=order, ended_at__isnull=True).count() <= 1
        assert dates(case) == before
        transaction.set_rollback(True)


def _do(world: World, order: Order, step: str, moment: dt.datetime) -> None:
    supervisor: Actor = world.supervisor
    if step == "answer":
        actions.answer(order=order, text="说明", by=world.head, at=moment)
    elif step == "accept":
        actions.accept(order=order, by=supervisor, at=moment)
    elif step == "send_back":
        actions.send_back(order=order, reason="不清楚", by=supervisor, at=moment)
    elif step == "withdraw":
        actions.withdraw_order(order=order, reason="误发", by=supervisor, at=moment)
    elif step == "escalate":
        actions.escalate_due(at=moment)
