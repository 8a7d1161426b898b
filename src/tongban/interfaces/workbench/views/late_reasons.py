"""Late cases of the unit that want a public reason (《优化营商环境条例》第三十六条), and the page to enter it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.supervision.actions.standard import LONGEST, ReasonRefusedError, explain_late
from tongban.affairs.supervision.permissions import EXPLAIN
from tongban.affairs.supervision.queries import standard as queries
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import ActorRequest, permitted

if TYPE_CHECKING:
    from django.http import HttpResponse

PAGE = 50


@permitted(EXPLAIN.code)
@require_safe
def late_reasons(request: ActorRequest) -> HttpResponse:
    """List the unit's late cases, those without a reason first."""
    rows = queries.wanting_reasons(request.actor).select_related("unit", "implementation")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.wanting_rows(page.object_list),
        "wanting": queries.count_wanting(request.actor),
    }
    return render(request, "workbench/late_reasons.html", context)


@permitted(EXPLAIN.code)
@require_http_methods(["GET", "HEAD", "POST"])
def late_reason(request: ActorRequest, number: str) -> HttpResponse:
    """Show one late case and take in its reason."""
    case = queries.wanting_reasons(request.actor).select_related("unit", "implementation").filter(number=number).first()
    if case is None:
        raise Http404
    (row,) = queries.wanting_rows([case])
    problem = ""
    typed = request.POST.get("text", row.reason).replace("\x00", "")
    if request.method == "POST":
        try:
            explain_late(case=case, text=typed, by=request.actor, at=now())
        except ReasonRefusedError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("已记下 %(number)s 的超期原因，随当月数据公布。") % {"number": number})
            return HttpResponseRedirect(reverse("workbench:late_reasons"))
    context = {"case": case, "row": row, "typed": typed, "problem": problem, "longest": LONGEST}
    return render(request, "workbench/late_reason.html", context, status=422 if problem else 200)
