"""Joint handling: departments asked at once, silence that agrees, the government's head; and two levels of review."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused, sweep
from tongban.engines.cases.models import Case, CaseClock, CaseDocument, CaseEvent, Task
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import NotAllowedError


def joint(world):
    case = world.submit(world.item("licensing-joint", statutory=None, promised=None), when="2026-04-20")
    return world.do(case, "accept", "2026-04-20")


def asked(case):
    return {task.step: task for task in Task.objects.filter(case=case, kind="joint")}


def test_every_department_of_the_region_is_asked_at_once_within_its_own_limit(world):
    case = joint(world)
    units = {step: task.unit_id for step, task in asked(case).items()}
    assert units == {
        "emergency_opinion": world.units["emergency"].pk,
        "housing_opinion": world.units["housing"].pk,
        "health_opinion": world.units["other"].pk,
    }
    assert case.statutory_due_on == dt.date(2026, 6, 25)
    assert set(CaseClock.objects.filter(task__kind="joint").values_list("due_on", flat=True)) == {dt.date(2026, 5, 13)}
    assert "并联" in str(Task.Kind.JOINT.label)


def test_the_lead_goes_on_when_the_last_has_answered(world):
    case = joint(world)
    for name, day in (("emergency", "2026-04-27"), ("housing", "2026-04-28")):
        case = world.do(case, "reply", day, by=world.people[name], conclusion="agree", opinion="同意")
        with pytest.raises(ActionRefused):
            world.do(case, "summarise", day, by=world.coordinator, opinion="齐了")
    case = world.do(case, "reply", "2026-05-06", by=world.other_reviewer, conclusion="disagree", opinion="通风不足")
    assert open_steps(case) == ["joint"]
    case = world.do(case, "summarise", "2026-05-07")
    assert open_steps(case) == ["decision"]


def test_a_department_silent_in_time_counts_as_agreeing(world):
    case = joint(world)
    world.do(case, "reply", "2026-04-27", by=world.housing, conclusion="agree", opinion="同意")
    sweep(at=at("2026-05-20"))
    case.refresh_from_db()
    assert open_steps(case) == ["joint"]
    silent = Task.objects.filter(case=case, kind="joint", closed_by__isnull=True)
    assert {task.outcome for task in silent} == {"agree"}
    assert all("逾期不反馈" in task.opinion for task in silent)
    events = CaseEvent.objects.filter(case=case, act="reply", actor_key="system:law")
    assert {event.effective_on for event in events} == {dt.date(2026, 5, 14)}
    assert CaseClock.objects.get(case=case, kind="step", task__step="joint").started_on == dt.date(2026, 5, 13)


def test_only_the_department_asked_may_answer(world):
    case = joint(world)
    with pytest.raises(NotAllowedError):
        world.do(case, "reply", "2026-04-27", by=world.next_clerk, conclusion="agree", opinion="同意")
    with pytest.raises(ActionRefused):
        world.do(case, "reply", "2026-04-27", by=world.reviewer, conclusion="agree", opinion="同意")


def test_a_region_without_the_department_says_which_one_is_missing(world):
    Unit.objects.filter(pk=world.units["housing"].pk).update(valid_to=dt.date(2026, 1, 1))
    case = world.submit(world.item("licensing-joint", statutory=None, promised=None), when="2026-04-20")
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "accept", "2026-04-20")
    assert "housing" in refused.value.message
    case.refresh_from_db()
    assert case.status == Case.Status.SUBMITTED


def test_fifteen_more_days_need_the_head_of_the_peoples_government(world):
    case = joint(world)
    sweep(at=at("2026-05-14"))
    case = world.do(case, "request_extension", "2026-06-15", days=15)
    assert Task.objects.get(case=case, kind="extension").unit == world.units["government"]
    with pytest.raises(ActionRefused):
        world.do(case, "approve_extension", "2026-06-16", by=world.head)
    case = world.do(case, "approve_extension", "2026-06-16", by=world.mayor)
    assert case.statutory_due_on == dt.date(2026, 7, 16)


def test_each_level_has_its_own_period(world):
    case = world.submit(world.item("licensing-two-level", promised=30), when="2026-03-02")
    case = world.do(case, "accept", "2026-03-02")
    review = CaseClock.objects.get(case=case, kind="review")
    assert (review.due_on, review.rule_id, case.statutory_due_on) == (dt.date(2026, 3, 30), "LIC-06", None)
    case = world.do(case, "pass", "2026-03-23")
    assert case.statutory_due_on == dt.date(2026, 4, 21)
    review.refresh_from_db()
    assert (review.ended_on, review.late) == (dt.date(2026, 3, 23), False)
    with pytest.raises(ActionRefused):
        world.do(case, "agree", "2026-03-24", by=world.second_reviewer, opinion="同意")
    case = world.do(case, "agree", "2026-04-07", by=world.top_reviewer)
    case = world.do(case, "grant", "2026-04-09", by=world.top_approver)
    assert (case.status, case.result) == (Case.Status.DECIDED, "granted")


def test_the_decision_is_the_upper_levels_and_the_acceptance_the_lower_levels(world):
    case = world.submit(world.item("licensing-two-level", promised=30), when="2026-03-02")
    for action, day in (
        ("accept", "2026-03-02"),
        ("pass", "2026-03-04"),
        ("agree", "2026-03-05"),
        ("grant", "2026-03-06"),
    ):
        case = world.do(case, action, day)
    papers = {row.kind: row.document for row in CaseDocument.objects.filter(case=case).select_related("document__unit")}
    assert papers["acceptance-notice"].unit == world.units["lead"]
    assert papers["grant-decision"].unit == world.units["superior"]
    assert papers["grant-decision"].number.startswith(world.units["superior"].name)


def test_a_review_below_that_takes_too_long_turns_red(world):
    case = world.submit(world.item("licensing-two-level", promised=60), when="2026-03-02")
    case = world.do(case, "accept", "2026-03-02")
    sweep(at=at("2026-03-31"))
    case.refresh_from_db()
    assert case.light == "red"
