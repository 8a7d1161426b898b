"""Handing over and asking others: transfers, consultations, assignments."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused, act
from tongban.engines.cases.models import CaseClock, Task
from tongban.engines.cases.queries import available_actions, case_for, inbox
from tongban.engines.cases.tests.factories import at, open_steps


def accepted(world):
    return world.do(world.submit(), "accept", "2026-03-02")


def test_a_transfer_moves_the_task_and_its_clock_without_starting_anew(world):
    case = accepted(world)
    before = CaseClock.objects.get(case=case, kind="step")
    case = world.do(case, "transfer", "2026-03-05", unit=world.units["other"].pk, reason="归该单位办理")
    task = Task.objects.get(case=case, state="open")
    after = CaseClock.objects.get(pk=before.pk)
    assert task.unit == world.units["other"]
    assert (after.task, after.due_on, after.ended_on) == (task, before.due_on, None)
    assert case.statutory_due_on == dt.date(2026, 3, 30)
    assert case_for(world.other_reviewer, case.number) == case
    world.do(case, "pass", "2026-03-06", by=world.other_reviewer)


def test_the_case_comes_back_to_the_lead_unit_for_the_decision(world):
    case = world.do(accepted(world), "transfer", "2026-03-05", unit=world.units["other"].pk)
    case = world.do(case, "pass", "2026-03-06", by=world.other_reviewer)
    assert Task.objects.get(case=case, state="open").unit == world.units["lead"]


def test_a_transfer_to_nowhere_is_refused(world):
    case = accepted(world)
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "transfer", "2026-03-05", unit=world.units["lead"].pk)
    assert "unit" in refused.value.field_errors
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "transfer", "2026-03-05", unit=999999)
    assert "unit" in refused.value.field_errors


def test_a_consultation_waits_for_every_answer(world):
    case = accepted(world)
    units = [world.units["other"].pk, world.units["superior"].pk]
    case = world.do(case, "co_handle", "2026-03-04", units=units, question="是否符合规划？", days=5)
    assert open_steps(case) == ["co_handle", "co_handle"]
    assert Task.objects.get(case=case, step="review").state == "waiting"
    mine = inbox(world.other_reviewer).get()
    assert mine.question == "是否符合规划？"
    assert mine.step_due_on == dt.date(2026, 3, 11)
    case = act(
        case=case,
        action="reply",
        by=world.other_reviewer,
        at=at("2026-03-06"),
        data={"conclusion": "agree", "opinion": "同意"},
    )
    assert Task.objects.get(case=case, step="review").state == "waiting"
    case = world.do(case, "reclaim", "2026-03-09", by=world.reviewer)
    assert open_steps(case) == ["review"]


def test_the_main_clock_does_not_stop_for_a_consultation(world):
    case = world.do(accepted(world), "co_handle", "2026-03-04")
    assert not case.paused
    assert case.statutory_due_on == dt.date(2026, 3, 30)


def test_a_task_is_assigned_only_to_someone_with_the_post(world):
    case = accepted(world)
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "assign", "2026-03-03", by=world.head, assignee=world.clerk.account.pk)
    assert "assignee" in refused.value.field_errors
    case = world.do(case, "assign", "2026-03-03", by=world.head, assignee=world.second_reviewer.account.pk)
    assert case.status == "handling"
    codes = {
        offer.code: offer.disabled_reason for offer in available_actions(case, world.reviewer, at=at("2026-03-03"))
    }
    assert codes["pass"]
    assert not inbox(world.reviewer).exists()
    assert inbox(world.second_reviewer).count() == 1
