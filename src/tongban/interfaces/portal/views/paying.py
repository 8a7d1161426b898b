"""Paying a fee of one's own case online."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.affairs.hall.actions.charging import confirm_online, pay_online
from tongban.affairs.hall.payments import provider
from tongban.affairs.hall.queries import charges_of
from tongban.engines.cases.actions import ActionRefused
from tongban.engines.cases.models import CaseDocument
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import signed_in
from tongban.foundation.packs.localized import localized
from tongban.interfaces.portal.page import Column, page
from tongban.interfaces.portal.views.my import own_case

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BACK = "back"
"""The parameter with which the provider sends the payer back."""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def charge(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Show what is to be paid and by which standard; pay it, or ask the provider after coming back from there."""
    case = own_case(request, number)
    found = charges_of(case).filter(pk=pk).first()
    if found is None:
        raise Http404
    actor = request.actor  # type: ignore[attr-defined]
    problem = ""
    if request.method == "POST":
        try:
            return_url = request.build_absolute_uri(f"{request.path}?{BACK}=1")
            address = pay_online(charge=found, by=actor, at=now(), return_url=return_url)
        except ActionRefused as refused:
            problem = refused.message
        else:
            if address:
                return HttpResponseRedirect(address)
            messages.success(request, _("缴费成功。"))
            return HttpResponseRedirect(reverse("portal:my_case", args=[case.number]) + "#fees")
    elif request.GET.get(BACK):
        try:
            if not confirm_online(charge=found, by=actor, at=now()):
                problem = _("还没有收到支付结果，请稍后再看。")
        except ActionRefused as refused:
            problem = refused.message
        found.refresh_from_db()
    bank = provider()
    context = {
        "case": case,
        "title": localized(case.implementation.name) if case.implementation else case.title,
        "charge": found,
        "problem": problem,
        "online": bank is not None,
        "demonstration": bank is not None and bank.demonstration,
        "notice": CaseDocument.objects.filter(case=case, document=found.document).first(),
    }
    column = Column(_("缴费"), found.title)
    return page(request, "portal/my_charge.html", context, column=column, status=422 if problem else 200)
