"""Corrections: one notice with the complete list, an answer in a new round, and giving up by silence where the law says so."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import (
    ActionRefused,
    SubmittedMaterial,
    act,
    judge_material,
    replace_materials,
    supplement,
    sweep,
)
from tongban.engines.cases.models import Case, CaseClock, CaseMaterial, Correction
from tongban.engines.cases.queries import applicant_file, available_actions, case_file, case_for, inbox
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.foundation.messaging.models import Message


def asked(world, days=5):
    return world.do(world.submit(), "request_correction", "2026-03-04", items="补布局图\n补健康证明", days=days)


def test_the_notice_lists_everything_and_ends_the_five_day_clock(world):
    case = asked(world)
    assert case.status == Case.Status.CORRECTION
    row = Correction.objects.get(case=case)
    assert [item["text"] for item in row.items] == ["补布局图", "补健康证明"]
    assert row.due_on == dt.date(2026, 3, 11)
    assert CaseClock.objects.get(case=case, kind="acceptance").ended_on == dt.date(2026, 3, 4)
    notice = case.documents.get(kind="correction-notice").document
    assert notice.data["corrections"] == ["补布局图", "补健康证明"]
    assert notice.data["correct_by"] == "2026-03-11"
    message = Message.objects.get(about=f"case:{case.number}", template__code="case-correction")
    assert "2处" in message.body
    assert "2026-03-11" in message.body
    assert "逾期未补正视为放弃申请" in message.body


def test_an_empty_list_is_no_notice(world):
    case = world.submit()
    with pytest.raises(ActionRefused) as refused:
        act(
            case=case,
            action="request_correction",
            by=world.clerk,
            at=at("2026-03-04"),
            data={"items": " \n", "days": "x"},
        )
    assert set(refused.value.field_errors) == {"items", "days"}


def test_a_second_request_is_refused(world):
    case = world.do(asked(world), "supplement", "2026-03-06")
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "request_correction", "2026-03-09")
    assert refused.value.code == "correction_once"
    assert "一次" in refused.value.message


def test_the_answer_replaces_materials_in_a_new_round_and_keeps_the_old(world):
    case = world.submit()
    layout = CaseMaterial.objects.get(case=case, code="layout")
    judge_material(material=layout, verdict="rejected", note="看不清", by=world.clerk, at=at("2026-03-03"))
    offer = next(o for o in available_actions(case, world.clerk, at=at("2026-03-03")) if o.code == "request_correction")
    assert {f.name: f.initial for f in offer.fields}["items"] == "布局图：看不清"
    case = world.do(case, "request_correction", "2026-03-04", items="补布局图", days=5)
    done = supplement(
        case=case,
        materials=[SubmittedMaterial("layout", "布局图", "upload")],
        by=world.citizen,
        at=at("2026-03-06"),
        key="s1",
    )
    again = supplement(
        case=case,
        materials=[SubmittedMaterial("layout", "布局图", "upload")],
        by=world.citizen,
        at=at("2026-03-06"),
        key="s1",
    )
    assert done.pk == again.pk
    rounds = list(CaseMaterial.objects.filter(case=case, code="layout").values_list("round", "current", "state"))
    assert rounds == [(1, False, "rejected"), (2, True, "pending")]
    assert Correction.objects.get(case=case).answered_at == at("2026-03-06")


def test_after_the_answer_the_five_days_count_anew_from_receipt(world):
    case = world.do(asked(world), "supplement", "2026-03-06")
    assert case.status == Case.Status.SUBMITTED
    assert open_steps(case) == ["acceptance"]
    clock = CaseClock.objects.filter(case=case, kind="acceptance").last()
    assert clock.due_on == dt.date(2026, 3, 13)


def test_while_the_applicant_corrects_the_task_waits_in_the_inbox_as_paused(world):
    case = asked(world)
    task = inbox(world.clerk, today=dt.date(2026, 3, 5)).get()
    assert (task.case, task.light_now) == (case, "paused")
    shown = applicant_file(case_for(world.citizen, case.number), world.citizen, at=at("2026-03-05"))
    assert shown.must_act
    assert {offer.code for offer in shown.actions} == {"supplement", "withdraw"}


def test_silence_gives_the_application_up_on_the_day_after_the_period(world):
    case = asked(world)
    sweep(at=at("2026-03-11"))
    case.refresh_from_db()
    assert case.status == Case.Status.CORRECTION
    sweep(at=at("2026-03-20"))
    case.refresh_from_db()
    assert (case.status, case.result) == ("abandoned", "abandoned")
    assert case.closed_at == at("2026-03-12").replace(hour=0)
    assert Correction.objects.get(case=case).lapsed_on == dt.date(2026, 3, 12)


def test_an_answer_after_the_period_comes_too_late_even_if_no_job_ran(world):
    case = asked(world)
    with pytest.raises(ActionRefused):
        world.do(case, "supplement", "2026-03-13")
    case.refresh_from_db()
    assert case.status == Case.Status.ABANDONED


def test_where_no_rule_says_so_silence_does_not_give_up_and_the_office_decides(world):
    item = world.item(unit_=world.units["other"])
    case = world.do(world.submit(item), "request_correction", "2026-03-04", items="补材料", days=5)
    assert "correct_by" not in case.documents.get(kind="correction-notice").document.data
    message = Message.objects.get(about=f"case:{case.number}", template__code="case-correction")
    assert "请在2026-03-11前补正。" in message.body
    assert "放弃" not in message.body
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "refuse_acceptance", "2026-03-10", ground="not_corrected")
    assert refused.value.code == "correction_running"
    sweep(at=at("2026-03-20"))
    case.refresh_from_db()
    assert case.status == Case.Status.CORRECTION
    done = world.do(case, "refuse_acceptance", "2026-03-20", ground="not_corrected")
    assert done.result == "not_accepted"


def test_a_material_marked_during_review_is_replaced_while_the_clock_runs(world):
    case = world.do(world.submit(), "accept", "2026-03-03")
    layout = CaseMaterial.objects.get(case=case, code="layout")
    judge_material(material=layout, verdict="rejected", note="缺面积", by=world.reviewer, at=at("2026-03-04"))
    shown = applicant_file(case_for(world.citizen, case.number), world.citizen, at=at("2026-03-04"))
    assert [row.code for row in shown.to_replace] == ["layout"]
    with pytest.raises(ActionRefused):
        replace_materials(
            case=case, materials=[SubmittedMaterial("form", "申请书", "form")], by=world.citizen, at=at("2026-03-05")
        )
    replace_materials(
        case=case, materials=[SubmittedMaterial("layout", "布局图", "upload")], by=world.citizen, at=at("2026-03-05")
    )
    case.refresh_from_db()
    assert not case.paused
    assert case.statutory_due_on == dt.date(2026, 3, 31)
    row = next(
        row
        for row in case_file(case_for(world.reviewer, case.number), world.reviewer, at=at("2026-03-05")).materials
        if row.material.code == "layout"
    )
    assert (row.material.state, len(row.earlier)) == ("pending", 1)
