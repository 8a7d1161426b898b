"""Fees of a case at the desk: the payment notice, payment at the counter, notices withdrawn and money given back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongban.affairs.hall.actions import charging
from tongban.affairs.hall.money import fen_of
from tongban.affairs.hall.queries import charges_of, fees_of
from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.models import Case
from tongban.engines.cases.queries import case_file
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows_row
from tongban.interfaces.workbench.acting import idempotency_key
from tongban.interfaces.workbench.case_page import bundle, found, head
from tongban.interfaces.workbench.views.case import shown

OTHER = "other"


@permitted(charging.CHARGE.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: ActorRequest, number: str) -> HttpResponse:
    """Issue a payment notice: a fee of the published list with the number counted, or another one with its reason."""
    row = found(request.actor, number)
    if row.closed_at is not None or not allows_row(request.actor, charging.CHARGE.code, row):
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            demand = _demand(request, row)
            charge = charging.issue_charge(
                case=row, demand=demand, key=uuid.UUID(idempotency_key(request.POST)), by=request.actor, at=now()
            )
        except ActionRefused as refused:
            errors = dict(refused.field_errors) or {"fee": str(refused)}
        else:
            messages.success(
                request,
                _("已开具缴费通知：%(fee)s，%(amount)s 元") % {"fee": charge.title, "amount": charge.yuan},
            )
            return _to(row)
    return render(request, "workbench/charge.html", _page(request, row, errors), status=422 if errors else 200)


def _page(request: ActorRequest, row: Case, errors: dict[str, str]) -> dict[str, Any]:
    fees = list(fees_of(row))
    first = str(fees[0].pk) if fees else OTHER
    return {
        **head(row, case_file(row, request.actor, at=now()), request.actor),
        "fees": fees,
        "other": OTHER,
        "chosen": request.POST.get("fee", first),
        "typed": request.POST,
        "errors": errors,
        "key": idempotency_key(request.POST),
    }


def _demand(request: ActorRequest, row: Case) -> charging.Demand:
    """Return what was entered.

    :raises ActionRefused: if a figure is none
    """
    post, wrong = request.POST, {}
    fee = next((each for each in fees_of(row) if str(each.pk) == post.get("fee")), None)
    if fee is None and post.get("fee") != OTHER:
        wrong["fee"] = _("请选择收费项目。")
    counted, money = post.get("quantity", "").strip(), post.get("amount", "").strip()
    quantity = int(counted) if counted.isdecimal() and len(counted) < 8 and int(counted) else None
    if counted and quantity is None:
        wrong["quantity"] = _("请填写大于零的整数。")
    amount = fen_of(money) if money else None
    if money and amount is None:
        wrong["amount"] = _("请填写金额，如 100 或者 12.50。")
    if wrong:
        raise ActionRefused(_("请改正下面标出的内容。"), wrong, code="data")
    return charging.Demand(
        fee, quantity, amount, name=post.get("name", ""), basis=post.get("basis", ""), reason=post.get("reason", "")
    )


@permitted("desk.case")
@require_POST
def change(request: ActorRequest, number: str, pk: int, do: str) -> HttpResponse:
    """Take note of a payment at the counter, withdraw a notice, or give back what was paid."""
    row = found(request.actor, number)
    charge = charges_of(row).filter(pk=pk).first()
    if charge is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        if do == "paid":
            charging.pay_at_counter(charge=charge, receipt=request.POST.get("receipt", ""), by=request.actor, at=now())
        elif do == "void":
            charging.void_charge(charge=charge, reason=reason, by=request.actor, at=now())
        elif do == "refund":
            charging.refund_charge(charge=charge, reason=reason, by=request.actor, at=now())
        else:
            raise Http404
    except ActionRefused as refused:
        context = bundle(row, request.actor, at=now())
        context |= {"charge_error": str(refused), "charge_wrong": charge.pk, "charge_do": do}
        return shown(request, context, status=422)
    messages.success(request, str(_DONE[do]) % {"fee": charge.title, "amount": charge.yuan})
    return _to(row)


_DONE = {
    "paid": lazy("已登记缴费：%(fee)s，%(amount)s 元"),
    "void": lazy("已作废缴费通知：%(fee)s，%(amount)s 元"),
    "refund": lazy("已办理退费：%(fee)s，%(amount)s 元"),
}


def _to(row: Case) -> HttpResponse:
    return HttpResponseRedirect(reverse("workbench:case", args=[row.number]) + "#fee-t")
