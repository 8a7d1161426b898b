"""Fees are charged by the published list, told in a notice, paid online or at the counter, and seen by supervision."""

from __future__ import annotations

import uuid

import pytest

from tongban.affairs.hall.actions.charging import (
    Demand,
    confirm_online,
    issue_charge,
    pay_at_counter,
    pay_online,
    refund_charge,
    void_charge,
)
from tongban.affairs.hall.models import Charge
from tongban.affairs.hall.money import fen_of, yuan
from tongban.affairs.hall.payments import Receipt, register_provider
from tongban.affairs.hall.tests.province import Province
from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.models import Case, CaseDocument, CaseEvent
from tongban.engines.cases.tests.factories import at
from tongban.engines.catalog.models import Fee
from tongban.engines.catalog.rules import fee_amount
from tongban.foundation.messaging.models import Message
from tongban.foundation.organizations.actor import actor_of
from tongban.foundation.organizations.permissions import NotAllowedError

BY_PAGE = [{"above": 30, "fen": 1000}, {"above": 100, "fen": 2000}, {"above": 200, "fen": 4000}]
BY_REQUEST = [{"above": 10, "fen": 10000}, {"above": 30, "fen": 20000, "every": 10, "more": 10000}]


@pytest.mark.parametrize(
    ("bands", "quantity", "amount"),
    [
        (BY_PAGE, 30, 0),
        (BY_PAGE, 31, 1000),
        (BY_PAGE, 100, 70_000),
        (BY_PAGE, 250, 70_000 + 200_000 + 200_000),
        (BY_REQUEST, 10, 0),
        (BY_REQUEST, 30, 200_000),
        (BY_REQUEST, 40, 200_000 + 200_000),
        (BY_REQUEST, 55, 200_000 + 200_000 + 300_000 + 5 * 40_000),
    ],
)
def test_each_band_of_a_published_standard_counts_only_its_own_part(bands, quantity, amount):
    assert fee_amount(bands, quantity) == amount


@pytest.mark.parametrize(
    ("text", "fen"), [("100", 10000), ("12.5", 1250), ("1,000", 100000), ("0", None), ("1.234", None), ("甲", None)]
)
def test_amounts_are_entered_in_yuan_and_kept_in_fen(text, fen):
    assert fen_of(text) == fen
    assert yuan(1205) == "12.05"


def asked(province: Province) -> Case:
    case = province.apply("information")
    return province.do(case, "confirm", "2026-03-02")


def by_page(case: Case) -> Fee:
    return Fee.objects.filter(item=case.implementation.standard_item, name__zh__icontains="按量").get()


def charged(province: Province, case: Case, when: str = "2026-03-03", **more) -> Charge:
    demand = Demand(by_page(case), quantity=100) if not more else Demand(**more)
    return issue_charge(case=case, demand=demand, key=uuid.uuid4(), by=province.world.clerk, at=at(when))


def test_a_notice_says_the_published_amount_and_stops_no_clock(province):
    case = asked(province)
    due = case.statutory_due_on
    charge = charged(province, case)
    assert (charge.amount, charge.published, charge.listed, charge.state) == (70_000, 70_000, True, "open")
    event = CaseEvent.objects.get(case=case, act="charge")
    assert (event.data["fen"], event.data["unit"], event.visible_to_applicant) == (70_000, "页", True)
    assert "国办函〔2020〕109号" in event.data["basis"]
    paper = CaseDocument.objects.get(case=case, kind="payment-notice")
    assert (paper.visible_to_applicant, paper.document.data["amount"]) == (True, "700.00")
    assert Message.objects.filter(about=f"case:{case.number}", template__code="payment-notice").count() == 1
    case.refresh_from_db()
    assert case.statutory_due_on == due


def test_a_number_that_costs_nothing_by_the_list_is_not_charged(province):
    case = asked(province)
    with pytest.raises(ActionRefused):
        charged(province, case, fee=by_page(case), quantity=30)
    assert not Charge.objects.exists()


def test_another_amount_or_a_fee_outside_the_list_needs_a_reason(province):
    case = asked(province)
    with pytest.raises(ActionRefused) as refused:
        charged(province, case, fee=by_page(case), quantity=100, amount=80_000)
    assert set(refused.value.field_errors) == {"reason"}
    with pytest.raises(ActionRefused) as refused:
        charged(province, case, fee=None, amount=5000)
    assert set(refused.value.field_errors) == {"name", "basis", "reason"}


def test_the_applicant_pays_once_in_the_demonstration_and_may_be_refunded(province):
    case = asked(province)
    charge = charged(province, case)
    payer = actor_of(province.firm, on=at("2026-03-04").date())
    assert pay_online(charge=charge, by=payer, at=at("2026-03-04")) == ""
    assert pay_online(charge=charge, by=payer, at=at("2026-03-04")) == ""
    charge.refresh_from_db()
    assert (charge.state, charge.paid_way, charge.paid_reference[:5]) == ("paid", "online", "DEMO-")
    assert CaseEvent.objects.filter(case=case, act="charge_paid").count() == 1
    with pytest.raises(NotAllowedError):
        refund_charge(charge=charge, reason="重复", by=province.world.clerk, at=at("2026-03-05"))
    refund_charge(charge=charge, reason="页数算错", by=province.world.approver, at=at("2026-03-05"))
    charge.refresh_from_db()
    assert (charge.state, charge.ended_reference.endswith("-R")) == ("refunded", True)


def test_nobody_pays_for_a_stranger(province):
    charge = charged(province, asked(province))
    with pytest.raises(NotAllowedError):
        pay_online(charge=charge, by=province.world.stranger, at=at("2026-03-04"))


def test_at_the_counter_a_receipt_is_noted_and_an_unpaid_notice_can_be_withdrawn(province):
    case = asked(province)
    first, second = charged(province, case), charged(province, case)
    with pytest.raises(ActionRefused):
        pay_at_counter(charge=first, receipt=" ", by=province.world.clerk, at=at("2026-03-04"))
    pay_at_counter(charge=first, receipt="鄂财 000123", by=province.world.clerk, at=at("2026-03-04"))
    void_charge(charge=second, reason="重复开具", by=province.world.clerk, at=at("2026-03-04"))
    assert sorted(Charge.objects.values_list("state", flat=True)) == ["paid", "void"]
    with pytest.raises(ActionRefused):
        void_charge(charge=first, reason="x", by=province.world.clerk, at=at("2026-03-04"))


def test_the_same_key_issues_one_notice(province):
    case = asked(province)
    key = uuid.uuid4()
    demand = Demand(by_page(case), quantity=50)
    made = [
        issue_charge(case=case, demand=demand, key=key, by=province.world.clerk, at=at("2026-03-03")) for _n in (1, 2)
    ]
    assert made[0].pk == made[1].pk


class Bank:
    """A provider that sends the payer away and confirms later."""

    demonstration = False
    paid = False

    def begin(self, order):
        return f"https://bank.example/{order.number}"

    def confirm(self, order, *, at):
        return Receipt("B-1", at) if self.paid else None

    def refund(self, order, reference, *, at):
        return "B-2"


def test_a_real_provider_is_believed_only_when_it_confirms(province):
    bank = Bank()
    register_provider(bank)
    try:
        charge = charged(province, asked(province))
        payer = actor_of(province.firm, on=at("2026-03-04").date())
        assert pay_online(charge=charge, by=payer, at=at("2026-03-04")).startswith("https://bank.example/")
        assert not confirm_online(charge=charge, by=payer, at=at("2026-03-04"))
        bank.paid = True
        assert confirm_online(charge=charge, by=payer, at=at("2026-03-04"))
    finally:
        register_provider(None)
