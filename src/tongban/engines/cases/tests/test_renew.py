"""A license whose timely renewal is undecided when it expires counts as renewed (行政许可法 Art. 50)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from tongban.engines.cases.actions import ActionRefused, Applicant, submit, sweep
from tongban.engines.cases.models import Case, CaseEvent
from tongban.engines.cases.renewal import new_term
from tongban.engines.cases.tests.factories import at, open_steps
from tongban.engines.licenses.actions import expire_due
from tongban.engines.licenses.models import License, LicenseEvent, LicenseType
from tongban.foundation.messaging.models import Message

HOLDER = "d" * 64
SPEC = {
    "code": "food-business",
    "type_code": "11100000MB0143028R055",
    "name": {"zh": "食品经营许可证", "en": "Food business license"},
    "number": "JY{region}{year}{serial:6}",
    "validity": {"years": 5, "source": "测试"},
    "holders": ["person"],
    "fields": [],
}


def license_of(world, valid_to, holder=HOLDER):
    kind = LicenseType.objects.create(
        code="food-business", type_code=SPEC["type_code"], name=SPEC["name"], spec=SPEC, sha256="0" * 64
    )
    return License.objects.create(
        identifier="1.2.156.3005.2.1", number="JY1", type=kind, issuer_code="x", serial="1", holder_kind="person",
        holder_name="张三", holder_number="420102199001011234", holder_digest=holder, content="{}",
        unit=world.units["lead"], region_path=world.units["lead"].region_path, issued_at=at("2021-03-26"),
        valid_from=dt.date(2021, 3, 26), valid_to=valid_to,
    )  # fmt: skip


def apply(world, license_, when="2026-02-10"):
    return submit(
        implementation=world.item(statutory=40, promised=40),
        applicant=Applicant(world.citizen.account, "张三", HOLDER, "person", phone="13900000000"),
        form_version=None, answers={}, materials=[], channel="online", key=uuid.uuid4(), by=world.citizen, at=at(when),
        renews=license_,
    )  # fmt: skip


def test_undecided_at_expiry_it_is_renewed_for_a_term_from_the_day_after(world):
    license_ = license_of(world, dt.date(2026, 3, 25))
    case = world.do(apply(world, license_), "accept", "2026-02-11")
    sweep(at=at("2026-03-25"))
    case.refresh_from_db()
    assert case.status == Case.Status.ACCEPTED
    assert expire_due(at=at("2026-03-26")) == 0
    assert sweep(at=at("2026-04-02")).settled == 1
    case.refresh_from_db()
    license_ = License._base_manager.get(pk=license_.pk)
    assert (case.status, case.result, open_steps(case)) == (Case.Status.DECIDED, "granted", ["issue"])
    assert (license_.status, license_.valid_to) == (License.Status.VALID, dt.date(2031, 3, 25))
    event = CaseEvent.objects.get(case=case, act="deemed_renew")
    assert (event.effective_on, event.actor_key) == (dt.date(2026, 3, 26), "system:law")
    assert LicenseEvent.objects.get(license=license_, kind="renewed").reason == f"{case.number}：2026-03-25→2031-03-25"
    assert new_term(case) == dt.date(2026, 3, 26)
    assert Message.objects.filter(about=f"case:{case.number}", template__code="case-renewed").exists()
    assert sweep(at=at("2026-04-02")).settled == 0


def test_a_decision_in_time_leaves_nothing_to_be_deemed(world):
    license_ = license_of(world, dt.date(2026, 3, 25))
    case = world.do(apply(world, license_), "accept", "2026-02-11")
    case = world.do(case, "pass", "2026-03-02")
    world.do(case, "refuse", "2026-03-04")
    assert sweep(at=at("2026-04-02")).settled == 0
    assert expire_due(at=at("2026-04-02")) == 1
    assert License._base_manager.get(pk=license_.pk).status == License.Status.EXPIRED


def test_an_application_later_than_thirty_days_before_is_taken_but_deems_nothing(world):
    license_ = license_of(world, dt.date(2026, 3, 25))
    case = world.do(apply(world, license_, when="2026-02-24"), "accept", "2026-02-25")
    assert sweep(at=at("2026-03-27")).settled == 0
    assert expire_due(at=at("2026-03-27")) == 1
    case.refresh_from_db()
    assert case.status == Case.Status.ACCEPTED


def test_while_the_applicant_has_to_correct_nothing_is_deemed(world):
    license_ = license_of(world, dt.date(2026, 3, 25))
    case = world.do(apply(world, license_), "request_correction", "2026-02-11", days=30)
    result = sweep(at=at("2026-03-27"))
    assert (result.settled, result.failed) == (0, [])
    case = world.do(case, "supplement", "2026-03-27")
    sweep(at=at("2026-03-28"))
    case.refresh_from_db()
    assert case.result == "granted"
    assert CaseEvent.objects.get(case=case, act="deemed_renew").effective_on == dt.date(2026, 3, 26)


def test_only_the_holder_may_apply_and_only_for_a_living_license(world):
    license_ = license_of(world, dt.date(2026, 3, 25), holder="e" * 64)
    with pytest.raises(ActionRefused):
        apply(world, license_)
    License._base_manager.filter(pk=license_.pk).update(holder_digest=HOLDER, status=License.Status.REVOKED)
    with pytest.raises(ActionRefused):
        apply(world, License._base_manager.get(pk=license_.pk))
