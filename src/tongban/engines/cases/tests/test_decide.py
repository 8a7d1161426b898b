"""Deciding: four eyes, reasons and remedies, delivery in ten working days."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases import registers
from tongban.engines.cases.actions import ActionRefused, act
from tongban.engines.cases.models import Case, CaseClock, Task
from tongban.engines.cases.queries import applicant_file, case_for, timeline
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.models import Posting
from tongban.foundation.organizations.roles import Role


def reviewed(world):
    case = world.do(world.submit(), "accept", "2026-03-02")
    return world.do(case, "pass", "2026-03-10", opinion="符合条件")


@pytest.fixture
def effects(monkeypatch):
    seen = []
    monkeypatch.setitem(registers._effects, "issue_license", seen.append)
    return seen


def test_a_grant_ends_the_main_clocks_and_starts_the_ten_days_of_delivery(world):
    case = world.do(reviewed(world), "grant", "2026-03-12")
    assert (case.status, case.result) == ("decided", "granted")
    assert CaseClock.objects.get(case=case, kind="statutory").ended_on == dt.date(2026, 3, 12)
    assert CaseClock.objects.get(case=case, kind="delivery").due_on == dt.date(2026, 3, 26)
    assert case.documents.filter(kind="grant-decision").exists()


def test_the_license_is_issued_in_the_same_act(world, effects):
    case = world.do(world.do(reviewed(world), "grant", "2026-03-12"), "issue", "2026-03-13", valid_to="2031-03-12")
    assert [context.case.pk for context in effects] == [case.pk]
    assert effects[0].data["valid_to"] == "2031-03-12"
    assert effects[0].event.act == "issue"
    assert open_steps(case) == ["delivery"]


def test_delivery_closes_the_case(world):
    case = world.do(world.do(reviewed(world), "grant", "2026-03-12"), "issue", "2026-03-13")
    case = world.do(case, "deliver", "2026-03-16", delivery="electronic")
    assert case.status == Case.Status.CLOSED
    assert case.delivered_at == case.closed_at == at("2026-03-16")
    assert case.next_check_on is None
    assert case.light == "none"
    assert not Task.objects.filter(case=case).exclude(state="closed").exists()
    assert not CaseClock.objects.filter(case=case, ended_on__isnull=True).exists()


def test_a_refusal_without_reason_basis_and_remedies_does_not_exist(world):
    case = reviewed(world)
    with pytest.raises(ActionRefused) as refused:
        act(case=case, action="refuse", by=world.approver, at=at("2026-03-12"), data={"reason": " "})
    assert set(refused.value.field_errors) == {"reason", "basis", "remedies"}
    case = world.do(case, "refuse", "2026-03-12", reason="布局不符合要求", basis="食品安全法第三十三条")
    assert (case.status, case.result) == ("decided", "refused")
    assert open_steps(case) == ["delivery"]
    assert case.documents.get(kind="refusal-decision").document.data["reason"] == "布局不符合要求"
    case = world.do(case, "deliver", "2026-03-13")
    assert (case.status, case.result) == ("closed", "refused")


def test_who_reviewed_cannot_decide_even_with_the_post_of_approver(world):
    case = reviewed(world)
    account = world.reviewer.account
    Posting.objects.create(
        account=account, unit=world.units["lead"], role=Role.APPROVER, valid_from=dt.date(2024, 1, 1)
    )
    both = actor_of(account, on=dt.date(2026, 3, 12))
    with pytest.raises(ActionRefused) as refused:
        act(case=case, action="grant", by=both, at=at("2026-03-12"))
    assert refused.value.code == "same_person"
    assert "审查" in refused.value.message
    world.do(case, "grant", "2026-03-12")


def test_the_approver_may_send_the_case_back_to_whoever_reviewed_it(world):
    case = world.do(reviewed(world), "return_back", "2026-03-11", reason="意见不完整")
    task = Task.objects.get(case=case, step="review", state="open")
    assert task.assignee == world.reviewer.account
    case = world.do(case, "pass", "2026-03-12")
    assert open_steps(case) == ["decision"]


def test_the_applicant_reads_the_decision_but_not_the_internal_opinions(world):
    case = world.do(reviewed(world), "return_back", "2026-03-11", reason="内部理由")
    lines = timeline(case, public=True)
    assert [line.act for line in lines] == ["pass", "accept", "submit"]
    assert all("内部" not in line.text and "符合条件" not in line.text for line in lines)
    shown = applicant_file(case_for(world.citizen, case.number), world.citizen, at=at("2026-03-12"))
    assert shown.timeline[0].kind == "todo"
    assert "审查" in shown.sentence


def test_ending_the_handling_needs_a_ground_of_the_closed_list(world):
    case = world.do(world.submit(), "accept", "2026-03-02")
    with pytest.raises(ActionRefused):
        world.do(case, "terminate", "2026-03-04", ground="tired_of_it")
    case = world.do(case, "terminate", "2026-03-04", ground="organization_ended", reason="公司已注销")
    assert (case.status, case.result) == ("closed", "terminated")


def test_an_item_done_at_once_is_accepted_and_decided_in_one_act(world):
    item = world.item("licensing-instant", promised=0, case_kind="instant")
    case = world.submit(item)
    assert case.promised_due_on == dt.date(2026, 3, 2)
    case = world.do(case, "grant", "2026-03-02")
    assert case.accepted_at == case.decided_at == at("2026-03-02")
    case = world.do(case, "deliver", "2026-03-02")
    assert (case.status, case.result) == ("closed", "granted")
