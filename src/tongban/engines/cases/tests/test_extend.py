"""More time: asked with a reason, approved once by the head of the unit, within what the law allows, and told."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.models import Extension, Task
from tongban.engines.cases.tests.factories import open_steps
from tongban.foundation.messaging.models import Message


def accepted(world):
    return world.do(world.submit(), "accept", "2026-03-02")


def test_an_approved_extension_moves_both_dates_and_is_told(world):
    case = world.do(accepted(world), "request_extension", "2026-03-20", days=10, reason="需要补充核实")
    assert sorted(open_steps(case)) == ["extension", "review"]
    case = world.do(case, "approve_extension", "2026-03-23")
    assert case.statutory_due_on == dt.date(2026, 4, 14)
    assert case.promised_due_on == dt.date(2026, 4, 7)
    notice = case.documents.get(kind="extension-notice").document
    assert notice.data["extra"] == "10 个工作日"
    assert notice.data["reason"] == "需要补充核实"
    assert Message.objects.filter(about=f"case:{case.number}", template__code="case-extended").exists()
    assert Extension.objects.get(case=case).state == "granted"


def test_more_than_the_law_allows_is_refused(world):
    with pytest.raises(ActionRefused) as refused:
        world.do(accepted(world), "request_extension", "2026-03-20", days=11)
    assert "10" in refused.value.field_errors["days"]


def test_only_the_head_of_the_unit_approves(world):
    case = world.do(accepted(world), "request_extension", "2026-03-20")
    with pytest.raises(ActionRefused):
        world.do(case, "approve_extension", "2026-03-20", by=world.reviewer)


def test_a_second_extension_is_refused(world):
    case = world.do(accepted(world), "request_extension", "2026-03-20")
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "request_extension", "2026-03-20")
    assert refused.value.code == "extension_pending"
    case = world.do(case, "approve_extension", "2026-03-20")
    with pytest.raises(ActionRefused) as refused:
        world.do(case, "request_extension", "2026-03-23")
    assert refused.value.code == "extension_used"


def test_a_rejected_request_moves_nothing_and_may_be_repeated(world):
    case = world.do(accepted(world), "request_extension", "2026-03-20")
    case = world.do(case, "reject_extension", "2026-03-20")
    assert case.statutory_due_on == dt.date(2026, 3, 30)
    world.do(case, "request_extension", "2026-03-23")


def test_the_decision_makes_a_pending_request_pointless(world):
    case = world.do(accepted(world), "request_extension", "2026-03-10")
    case = world.do(case, "pass", "2026-03-10")
    case = world.do(case, "grant", "2026-03-11")
    assert Task.objects.get(case=case, kind="extension").outcome == "void"
    assert open_steps(case) == ["issue"]
