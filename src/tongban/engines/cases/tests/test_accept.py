"""Accepting and refusing to accept."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused, act
from tongban.engines.cases.models import Case, CaseClock, CaseEvent, CaseMaterial
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.permissions import NotAllowedError


def test_acceptance_starts_the_statutory_and_the_promised_clock_on_the_next_day(world):
    case = world.do(world.submit(), "accept", "2026-03-03")
    assert case.status == Case.Status.ACCEPTED
    assert case.accepted_at == at("2026-03-03")
    assert case.statutory_due_on == dt.date(2026, 3, 31)
    assert case.promised_due_on == dt.date(2026, 3, 24)
    assert open_steps(case) == ["review"]
    assert CaseClock.objects.get(case=case, kind="acceptance").ended_on == dt.date(2026, 3, 3)


def test_the_applicant_is_told_and_gets_a_sealed_notice(world):
    case = world.do(world.submit(), "accept", "2026-03-03")
    notice = case.documents.get(kind="acceptance-notice").document
    assert notice.signed
    assert notice.data["accepted_on"] == "2026-03-03"
    assert notice.data["statutory_limit"] == "20 个工作日"
    assert Message.objects.filter(about=f"case:{case.number}", template__code="case-accepted").exists()


def test_a_stranger_cannot_even_see_that_the_case_exists(world):
    case = world.submit()
    for actor in (world.stranger, world.other_clerk, world.next_clerk):
        with pytest.raises(NotAllowedError):
            act(case=case, action="accept", by=actor, at=at("2026-03-03"))


def test_a_reviewer_of_the_unit_cannot_accept(world):
    case = world.submit()
    with pytest.raises(ActionRefused) as refused:
        act(case=case, action="accept", by=world.reviewer, at=at("2026-03-03"))
    assert refused.value.code == "other_role"
    assert "窗口收件" in refused.value.message


def test_the_supervisor_may_look_but_not_act(world):
    case = world.submit()
    with pytest.raises(NotAllowedError):
        act(case=case, action="accept", by=world.supervisor, at=at("2026-03-03"))


def test_a_material_to_be_corrected_stands_in_the_way(world):
    case = world.submit()
    CaseMaterial.objects.filter(case=case, code="layout").update(state="rejected")
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "accept", "2026-03-03")
    assert "布局图" in refused.value.message


def test_refusing_to_accept_needs_ground_reason_and_remedies(world):
    case = world.submit()
    with pytest.raises(ActionRefused) as refused:
        act(case=case, action="refuse_acceptance", by=world.clerk, at=at("2026-03-03"), data={"reason": "不归我们管"})
    assert set(refused.value.field_errors) == {"ground", "remedies"}
    done = world.do(case, "refuse_acceptance", "2026-03-03", ground="not_our_authority")
    assert (done.status, done.result) == ("not_accepted", "not_accepted")
    assert done.closed_at is not None
    assert open_steps(done) == []


def test_acting_twice_with_one_key_does_it_once(world):
    case = world.submit()
    for _ in range(2):
        act(case=case, action="accept", by=world.clerk, at=at("2026-03-03"), key="k1")
    assert CaseEvent.objects.filter(case=case, act="accept").count() == 1


def test_acting_on_an_outdated_page_is_refused(world):
    case = world.submit()
    version = case.version
    world.do(case, "assign", "2026-03-03", by=world.clerk)
    with pytest.raises(ActionRefused) as refused:
        act(case=case, action="accept", by=world.clerk, at=at("2026-03-03"), expected_version=version)
    assert refused.value.code == "stale"


def test_a_colleague_cannot_take_over_what_someone_has_taken(world):
    case = world.do(world.submit(), "assign", "2026-03-03", by=world.clerk)
    assert case.status == Case.Status.PRE_REVIEW
    with pytest.raises(ActionRefused) as refused:
        act(case=case, action="accept", by=world.second_clerk, at=at("2026-03-03"))
    assert refused.value.code == "assigned_to_other"
    world.do(case, "assign", "2026-03-03", by=world.head, assignee=world.second_clerk.account.pk)
    act(case=case, action="accept", by=world.second_clerk, at=at("2026-03-03"))
