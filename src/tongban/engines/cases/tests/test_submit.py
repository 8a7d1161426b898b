"""Submitting: one transaction, one case for one key, a number, a code, a clock."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.models import Case, CaseClock, CaseEvent, CaseMaterial
from tongban.engines.cases.queries.codes import ALPHABET, secret_fits, secret_of
from tongban.engines.cases.tests.factories import open_steps
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.permissions import NotAllowedError


def test_a_submission_opens_a_case_with_its_first_task_and_the_five_day_clock(world):
    case = world.submit()
    assert case.status == Case.Status.SUBMITTED
    assert open_steps(case) == ["acceptance"]
    clock = CaseClock.objects.get(case=case, kind="acceptance")
    assert (clock.figure, clock.unit, clock.rule_id) == (5, "working_day", "LIC-02")
    assert clock.due_on == dt.date(2026, 3, 9)
    assert case.next_check_on == clock.warn_on == dt.date(2026, 3, 5)
    assert case.light == "green"


def test_the_number_holds_region_day_and_serial(world):
    item = world.item()
    first, second = world.submit(item), world.submit(item)
    assert first.number == "420102260302000001"
    assert second.number == "420102260302000002"
    assert world.submit(item, when="2026-03-03").number == "420102260303000001"


def test_the_same_key_gives_the_same_case(world):
    key, item = uuid.uuid4(), world.item()
    first, again = world.submit(item, key=key), world.submit(item, key=key)
    assert first.pk == again.pk
    assert Case.objects.count() == 1
    assert CaseEvent.objects.filter(case=first).count() == 1


def test_a_key_of_someone_else_is_refused(world):
    key, item = uuid.uuid4(), world.item()
    world.submit(item, key=key)
    with pytest.raises(ActionRefused):
        world.submit(item, key=key, by=world.stranger, account=world.stranger.account)


def test_the_query_code_is_unambiguous_and_kept_only_as_a_digest(world):
    case = world.submit()
    secret = secret_of(case)
    assert len(secret) == 8
    assert set(secret) <= set(ALPHABET)
    assert secret not in case.secret_hash
    assert secret_fits(case, secret)
    assert not secret_fits(case, "22222222")


def test_the_message_and_the_receipt_carry_the_query_code(world):
    case = world.submit()
    message = Message.objects.get(about=f"case:{case.number}", template__code="case-submitted")
    assert secret_of(case) in message.body
    receipt = case.documents.get(kind="application-receipt").document
    assert receipt.data["query_code"] == secret_of(case)
    assert receipt.file_id is None


def test_the_audit_record_names_no_person(world):
    case = world.submit()
    event = AuditEvent.objects.get(stream=f"case:{case.number}")
    assert event.kind == "case.submit"
    body = bytes(event.body).decode()
    assert "张三" not in body
    assert "13900000000" not in body


def test_materials_the_government_holds_need_no_check(world):
    case = world.submit()
    states = dict(CaseMaterial.objects.filter(case=case).values_list("code", "state"))
    assert states == {"form": "pending", "layout": "pending"}


def test_nobody_submits_for_a_person_without_a_mandate(world):
    with pytest.raises(NotAllowedError):
        world.submit(by=world.stranger)


def test_a_clerk_submits_for_someone_at_the_window(world):
    case = world.submit(by=world.clerk)
    assert case.applicant == world.citizen.account
    assert case.agent is None


def test_a_suspended_item_cannot_be_applied_for(world):
    item = world.item()
    item.status = "suspended"
    item.save()
    with pytest.raises(ActionRefused):
        world.submit(item)
    assert Case.objects.count() == 0


def test_a_clerk_of_another_region_cannot_submit_for_others(world):
    with pytest.raises(NotAllowedError):
        world.submit(by=world.next_clerk)
