"""Site surveys: a task of their own, two officers, time that counts."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused, act
from tongban.engines.cases.models import Case, CaseClock, SpecialProcedure, Task
from tongban.engines.cases.queries import case_file, case_for
from tongban.engines.cases.tests.factories import at, open_steps


def surveying(world):
    return world.do(world.submit(world.item("licensing-survey", promised=15)), "accept", "2026-03-03")


def test_acceptance_opens_the_survey_and_the_review_waits(world):
    case = surveying(world)
    assert case.status == Case.Status.HANDLING
    assert open_steps(case) == ["survey"]
    assert Task.objects.get(case=case, step="review").state == "waiting"
    assert not CaseClock.objects.filter(case=case, kind="step").exists()


def test_the_main_clock_goes_on_during_a_survey(world):
    case = surveying(world)
    assert not case.paused
    done = world.do(case, "finish_survey", "2026-03-09")
    assert done.statutory_due_on == dt.date(2026, 3, 31)
    assert open_steps(done) == ["review"]


def test_the_survey_has_its_own_limit_and_is_late_by_itself(world):
    case = surveying(world)
    clock = CaseClock.objects.get(case=case, kind="special")
    assert clock.due_on == dt.date(2026, 3, 11)
    world.do(case, "finish_survey", "2026-03-13")
    task = Task.objects.get(case=case, step="survey")
    assert task.late_days == 2
    drawn = case_file(case_for(world.reviewer, case.number), world.reviewer, at=at("2026-03-13")).diagram
    assert next(step for step in drawn.steps if step.code == "survey").css == "late"
    assert "超环节时限 2 天" in drawn.svg


def test_two_officers_must_sign(world):
    case = surveying(world)
    data = {"conclusion": "pass", "opinion": "符合", "members": "张三"}
    with pytest.raises(ActionRefused) as refused:
        act(case=case, action="finish_survey", by=world.surveyor, at=at("2026-03-09"), data=data)
    assert "2" in refused.value.field_errors["members"]
    act(
        case=case, action="finish_survey", by=world.surveyor, at=at("2026-03-09"), data=data | {"members": "张三\n李四"}
    )
    row = SpecialProcedure.objects.get(case=case)
    assert (row.result, row.opinion) == ("pass", "符合")
    assert [each["text"] for each in row.data["members"]] == ["张三", "李四"]


def test_an_unknown_conclusion_is_refused(world):
    case = surveying(world)
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "finish_survey", "2026-03-09", conclusion="perhaps")
    assert "conclusion" in refused.value.field_errors


def test_the_reviewer_can_send_surveyors_out_again(world):
    case = world.do(surveying(world), "finish_survey", "2026-03-09", conclusion="fail")
    case = world.do(case, "start_survey", "2026-03-10", reason="整改后复查")
    assert open_steps(case) == ["survey"]
    case = world.do(case, "finish_survey", "2026-03-12", conclusion="rectified")
    assert open_steps(case) == ["review"]
    assert SpecialProcedure.objects.filter(case=case).count() == 2


def test_only_surveyors_enter_the_result(world):
    case = surveying(world)
    with pytest.raises(ActionRefused):
        world.do(case, "finish_survey", "2026-03-09", by=world.reviewer)
