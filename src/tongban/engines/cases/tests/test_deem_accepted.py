"""Five working days without a notice: accepted from the day of receipt, whenever that is noticed."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused, sweep
from tongban.engines.cases.models import Case, CaseClock, CaseEvent
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.foundation.messaging.models import Message


def test_on_the_fifth_day_nothing_happens_yet(world):
    case = world.submit()
    assert sweep(at=at("2026-03-09")).settled == 0
    case.refresh_from_db()
    assert case.status == Case.Status.SUBMITTED
    assert case.light == "amber"


def test_after_the_fifth_day_the_application_is_accepted_from_receipt(world):
    case = world.submit()
    assert sweep(at=at("2026-03-10")).settled == 1
    case.refresh_from_db()
    assert case.status == Case.Status.ACCEPTED
    assert case.accepted_at == case.submitted_at
    assert case.statutory_due_on == dt.date(2026, 3, 30)
    assert open_steps(case) == ["review"]
    event = CaseEvent.objects.get(case=case, act="deemed_accept")
    assert event.effective_on == dt.date(2026, 3, 2)
    assert event.actor_key == "system:law"


def test_a_missed_job_changes_no_legal_date(world):
    early, late = world.submit(), world.submit()
    sweep(at=at("2026-03-10"), batch=1, most=1)
    sweep(at=at("2026-03-24"))
    early.refresh_from_db()
    late.refresh_from_db()
    assert early.accepted_at.date() == late.accepted_at.date()
    assert early.statutory_due_on == late.statutory_due_on
    due = set(CaseClock.objects.filter(kind="step").values_list("due_on", flat=True))
    assert due == {dt.date(2026, 3, 19)}


def test_the_applicant_hears_of_it_and_gets_the_notice(world):
    case = world.submit()
    sweep(at=at("2026-03-10"))
    assert case.documents.get(kind="acceptance-notice").document.data["deemed"] == "1"
    assert Message.objects.filter(about=f"case:{case.number}", template__code="case-deemed-accepted").exists()


def test_running_the_job_twice_does_it_once(world):
    case = world.submit()
    sweep(at=at("2026-03-10"))
    sweep(at=at("2026-03-10"))
    assert CaseEvent.objects.filter(case=case, act="deemed_accept").count() == 1


def test_a_clerk_who_comes_too_late_finds_it_accepted(world):
    case = world.submit()
    with pytest.raises(ActionRefused):
        world.do(case, "request_correction", "2026-03-10", by=world.clerk, items="补材料", days=5)
    case.refresh_from_db()
    assert case.status == Case.Status.ACCEPTED
    with pytest.raises(ActionRefused):
        world.do(case, "refuse_acceptance", "2026-03-10", by=world.clerk)


def test_nobody_can_declare_it_by_hand(world):
    case = world.submit()
    with pytest.raises(ActionRefused):
        world.do(case, "deemed_accept", "2026-03-04", by=world.clerk)
