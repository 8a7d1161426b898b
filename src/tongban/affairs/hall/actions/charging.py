"""Fees of a case: the payment notice, payment online and at the counter, notices withdrawn and money given back.

A fee needs a law or an administrative regulation and is charged by the published list (行政许可法 Art. 58, 59). Payment
stops no clock. What lies outside the list or above it can be entered only with a reason, and supervision sees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tongban.affairs.hall.models import Charge
from tongban.affairs.hall.money import yuan
from tongban.affairs.hall.payments import Order, provider
from tongban.engines.cases.actions import ActionRefused, lock_case, record_event
from tongban.engines.cases.models import Case, CaseDocument, CaseEvent
from tongban.engines.catalog.models import Fee
from tongban.engines.catalog.rules import fee_amount
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.actions import issue
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import Permission
from tongban.foundation.organizations.roles import Role, Scope
from tongban.foundation.packs.localized import localized

ZH = "zh-hans"
CHARGE = Permission(
    "hall.charge", lazy("开具缴费通知"), {Role.WINDOW_CLERK: Scope.UNIT, Role.REVIEWER: Scope.UNIT}, system=False
)
PAY = Permission("hall.pay", lazy("网上缴费"), {}, citizen=Scope.APPLICANT, system=False)
REFUND = Permission(
    "hall.refund", lazy("办理退费"), {Role.APPROVER: Scope.UNIT, Role.UNIT_HEAD: Scope.UNIT}, system=False
)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is charged. With a fee of the list: how many units, or another amount (fen) and why; without: all by hand."""

    fee: Fee | None
    quantity: int | None = None
    amount: int | None = None
    name: str = ""
    basis: str = ""
    reason: str = ""


def issue_charge(*, case: Case, demand: Demand, key: UUID, by: Actor, at: dt.datetime) -> Charge:
    """Issue a payment notice; the same key issues it once.

    :raises NotAllowedError: if the actor does not handle cases of this unit
    :raises ActionRefused: if the case is over, nothing is to be paid by the list, or a reason is missing
    """
    with transaction.atomic():
        locked = lock_case(case=case, by=by, permission=CHARGE.code)
        known = Charge.objects.filter(key=key, case=locked).first()
        if known is not None:
            return known
        if locked.closed_at is not None:
            raise ActionRefused(_("办件已经结束，不能再办理。"), code="case_over")
        published, amount = _amounts(locked, demand)
        fee = demand.fee
        charge = Charge(
            key=key,
            case=locked,
            unit=locked.unit,
            fee=fee.name if fee else {"zh": demand.name.strip(), "en": demand.name.strip()},
            standard=fee.standard if fee else {"zh": "公布的清单没有这个项目", "en": "Not in the published list"},
            basis=fee.basis if fee else {"zh": demand.basis.strip(), "en": demand.basis.strip()},
            listed=fee is not None,
            quantity=demand.quantity,
            unit_of_charge=fee.unit if fee else None,
            amount=amount,
            published=published,
            reason=demand.reason.strip(),
            issued_at=at,
            issued_by=by.name,
        )
        event = _tell(charge, "charge", ("开具缴费通知", "Payment notice issued"), by=by, at=at)
        charge.document = _notice(charge, event, at=at)
        charge.save(force_insert=True)
        _message(charge, "payment-notice", event, at=at)
    return charge


def _amounts(case: Case, demand: Demand) -> tuple[int | None, int]:
    """Return what the list gives and what is charged, in fen.

    :raises ActionRefused: with the mistakes by field
    """
    fee, wrong = demand.fee, {}
    if fee is not None and (case.implementation is None or fee.item_id != case.implementation.standard_item_id):
        raise ActionRefused(_("这个收费项目不属于本事项。"), code="foreign_fee")
    published = None
    if fee is not None and fee.rate:
        if demand.quantity is None:
            wrong["quantity"] = _("请填写计费数量。")
        else:
            published = fee_amount(fee.rate, demand.quantity)
    if fee is None:
        wrong |= {
            name: text
            for name, text in (("name", _("请填写收费项目。")), ("basis", _("请填写法律、行政法规的依据。")))
            if not getattr(demand, name).strip()
        }
    amount = demand.amount if demand.amount is not None else published
    if amount is None and "quantity" not in wrong:
        wrong["amount"] = _("请填写金额，如 100 或者 12.50。")
    if amount != published and not demand.reason.strip():
        wrong.setdefault("reason", _("金额不是按公布的标准算出的，请写明理由。"))
    if wrong:
        raise ActionRefused(_("请改正下面标出的内容。"), wrong, code="data")
    if not amount:
        text = _("按公布的标准，这个数量不收费。")
        raise ActionRefused(text, {"quantity": text}, code="free")
    return published, amount


def _tell(charge: Charge, act: str, title: tuple[str, str], *, by: Actor, at: dt.datetime, note: str = "") -> CaseEvent:
    """Append the event that supervision and the applicant's timeline read."""
    amount = yuan(charge.amount)
    data: Mapping[str, Any] = {
        "fee": localized(charge.fee, language=ZH),
        "amount": amount,
        "fen": charge.amount,
        "published": charge.published,
        "quantity": charge.quantity,
        "unit": localized(charge.unit_of_charge, language=ZH) if charge.unit_of_charge else "",
        "basis": localized(charge.basis, language=ZH),
        "reference": charge.ended_reference or charge.paid_reference,
    }
    zh, en = title
    fee_zh, fee_en = localized(charge.fee, language=ZH), localized(charge.fee, language="en")
    return record_event(
        case=charge.case,
        act=act,
        title={"zh": f"{zh}：{fee_zh}，{amount} 元", "en": f"{en}: {fee_en}, CNY {amount}"},
        by=by,
        at=at,
        note=note,
        data=data,
        visible=True,
    )


def _notice(charge: Charge, event: CaseEvent, *, at: dt.datetime) -> Any:
    case = charge.case
    ways = ["窗口缴纳"] if provider() is None else ["登录本平台，在办件页面网上缴纳", "窗口缴纳"]
    counted = f"{charge.quantity}{localized(charge.unit_of_charge, language=ZH)}" if charge.quantity else ""
    data = {
        "applicant": case.applicant_name,
        "item": case.title,
        "case_number": case.number,
        "fee": localized(charge.fee, language=ZH),
        "standard": localized(charge.standard, language=ZH),
        "basis": localized(charge.basis, language=ZH),
        "counted": counted,
        "amount": yuan(charge.amount),
        "reason": charge.reason,
        "ways": "；".join(ways),
    }
    name = charge.unit.short_name or charge.unit.name
    document = issue(
        template="payment-notice",
        data={key: text for key, text in data.items() if text},
        number=f"{name}缴〔{local_date(at).year}〕{case.number[8:]}-{event.seq}号",
        about=f"case:{case.number}",
        unit=charge.unit,
        sign=True,
        at=at,
    )
    CaseDocument.objects.create(
        case=case,
        kind="payment-notice",
        title="缴费通知书",
        document=document,
        visible_to_applicant=True,
        event_seq=event.seq,
        issued_at=at,
    )
    return document


def _message(charge: Charge, template: str, event: CaseEvent, *, at: dt.datetime) -> None:
    case = charge.case
    form = getattr(case, "form", None)
    if form is None or not (form.phone or form.email):
        return
    language = form.language or ZH
    queue(
        template=template,
        to=Recipient(phone=form.phone, email=form.email, account_id=case.applicant_id, language=language),
        params={
            "number": case.number,
            "item": localized(case.implementation.name, language=language) if case.implementation else case.title,
            "unit": case.unit.name,
            "fee": localized(charge.fee, language=language),
            "amount": yuan(charge.amount),
        },
        about=f"case:{case.number}",
        key=f"{case.number}:{event.seq}:{template}",
        at=at,
    )


# -- paying ------------------------------------------------------------------------------------------------------------


def order_of(charge: Charge, *, return_url: str = "") -> Order:
    """Return a charge as an order for the provider."""
    return Order(charge.key.hex, charge.amount, charge.title, return_url)


def pay_online(*, charge: Charge, by: Actor, at: dt.datetime, return_url: str = "") -> str:
    """Begin paying, or take note of what was paid; return the provider's address to go on at, empty if it is paid.

    :raises NotAllowedError: if the case is someone else's
    :raises ActionRefused: if it is not open, or this installation takes no payments online
    """
    bank = provider()
    with transaction.atomic():
        held = _locked(charge, by, PAY.code)
        if held.state == Charge.State.PAID:
            return ""
        if bank is None:
            raise ActionRefused(_("这里还不能网上支付，请到窗口缴纳。"), code="no_provider")
        _expect(held, Charge.State.OPEN)
        order = order_of(held, return_url=return_url)
        address = bank.begin(order)
        if address:
            return address
        _settle(held, bank.confirm(order, at=at), by=by, at=at)
    return ""


def confirm_online(*, charge: Charge, by: Actor, at: dt.datetime) -> bool:
    """Ask the provider whether an order was paid, after the payer came back; tell whether it is.

    :raises NotAllowedError: if the case is someone else's
    """
    bank = provider()
    with transaction.atomic():
        held = _locked(charge, by, PAY.code)
        if held.state == Charge.State.OPEN and bank is not None:
            receipt = bank.confirm(order_of(held), at=at)
            if receipt is not None:
                _settle(held, receipt, by=by, at=at)
        return held.state == Charge.State.PAID


def _settle(charge: Charge, receipt: Any, *, by: Actor, at: dt.datetime) -> None:
    if receipt is None:
        raise ActionRefused(_("还没有收到支付结果，请稍后再看。"), code="unconfirmed")
    _paid(charge, Charge.Way.ONLINE, receipt.reference, paid_at=receipt.at, by=by, at=at)


def pay_at_counter(*, charge: Charge, receipt: str, by: Actor, at: dt.datetime) -> Charge:
    """Take note of a payment at the counter, with the number of the receipt given.

    :raises ActionRefused: without a number, or if it is not open
    """
    if not receipt.strip():
        text = _("请填写缴费凭证号。")
        raise ActionRefused(text, {"receipt": text}, code="receipt")
    with transaction.atomic():
        held = _locked(charge, by, CHARGE.code)
        _expect(held, Charge.State.OPEN)
        _paid(held, Charge.Way.COUNTER, receipt.strip()[:80], paid_at=at, by=by, at=at)
    return held


def _paid(charge: Charge, way: str, reference: str, *, paid_at: dt.datetime, by: Actor, at: dt.datetime) -> None:
    charge.state, charge.paid_way = Charge.State.PAID, way
    charge.paid_at, charge.paid_reference = paid_at, reference
    charge.save(update_fields=["state", "paid_way", "paid_at", "paid_reference"])
    event = _tell(charge, "charge_paid", ("缴费", "Paid"), by=by, at=at)
    _message(charge, "payment-received", event, at=at)


# -- taking back -------------------------------------------------------------------------------------------------------


def void_charge(*, charge: Charge, reason: str, by: Actor, at: dt.datetime) -> Charge:
    """Withdraw a notice that was not paid.

    :raises ActionRefused: without a reason, or if it was paid or withdrawn
    """
    with transaction.atomic():
        held = _locked(charge, by, CHARGE.code)
        _expect(held, Charge.State.OPEN)
        _end(held, Charge.State.VOID, reason, "", by=by, at=at)
        _tell(held, "charge_void", ("作废缴费通知", "Payment notice withdrawn"), by=by, at=at, note=held.ended_reason)
    return held


def refund_charge(*, charge: Charge, reason: str, by: Actor, at: dt.datetime) -> Charge:
    """Give back what was paid: the way it came if paid online, else at the counter.

    :raises ActionRefused: without a reason, or if it was not paid
    """
    with transaction.atomic():
        held = _locked(charge, by, REFUND.code)
        _expect(held, Charge.State.PAID)
        reference = ""
        bank = provider()
        if held.paid_way == Charge.Way.ONLINE:
            if bank is None:
                raise ActionRefused(_("支付渠道没有开通，不能原路退回。"), code="no_provider")
            reference = bank.refund(order_of(held), held.paid_reference, at=at)
        _end(held, Charge.State.REFUNDED, reason, reference, by=by, at=at)
        event = _tell(held, "charge_refund", ("退费", "Refunded"), by=by, at=at, note=held.ended_reason)
        _message(held, "payment-returned", event, at=at)
    return held


def _end(charge: Charge, state: str, reason: str, reference: str, *, by: Actor, at: dt.datetime) -> None:
    if not reason.strip():
        text = _("请写明理由。")
        raise ActionRefused(text, {"reason": text}, code="reason")
    charge.state, charge.ended_at, charge.ended_by = state, at, by.name
    charge.ended_reason, charge.ended_reference = reason.strip()[:1000], reference
    charge.save(update_fields=["state", "ended_at", "ended_by", "ended_reason", "ended_reference"])


def _locked(charge: Charge, by: Actor, permission: str) -> Charge:
    """Return a charge with its case locked."""
    case = lock_case(case=charge.case, by=by, permission=permission)
    held = Charge.objects.select_for_update(of=("self",)).select_related("unit", "document").get(pk=charge.pk)
    held.case = case
    return held


def _expect(charge: Charge, state: str) -> None:
    if charge.state != state:
        text = _("这份缴费通知目前的状态是“%(state)s”，不能这样办理。") % {"state": charge.get_state_display()}
        raise ActionRefused(text, code="charge_state")
