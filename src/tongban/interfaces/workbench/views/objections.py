"""Objections to points: filing one, the list, the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.affairs.supervision.errors import OrderRefused
from tongban.engines.indicators.actions import decide_objection, file_objection
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import Objection
from tongban.engines.indicators.permissions import DECIDE, OBJECT_SELF, OBJECTIONS
from tongban.engines.indicators.queries import limit_light, objectable_by, objections_for
from tongban.foundation.clock.now import now, today
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.files.views import file_response
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows
from tongban.interfaces.workbench import score_pages
from tongban.interfaces.workbench.views.scores import entry_page, found_entry

if TYPE_CHECKING:
    import datetime as dt

PAGE = 50


@permitted(OBJECTIONS.code)
@require_safe
def objections(request: ActorRequest) -> HttpResponse:
    """List objections: those that wait, by the day their decision is due, those overdue, or all; or what may be objected to."""
    on = today()
    decides = allows(request.actor, DECIDE.code)
    states = {
        "open": _("待决定"),
        "late": _("超过期限"),
        "upheld": _("成立"),
        "rejected": _("不成立"),
        "all": _("全部"),
    }
    if not decides:
        states["may"] = _("可以申诉")
    state = request.GET.get("state", "")
    if state not in states:
        state = "open" if decides else "all"
    if state == "may":
        return _may_object(request, states, on)
    rows = objections_for(request.actor)
    if state in ("open", "late"):
        rows = rows.filter(state=Objection.State.OPEN).order_by("due_on", "pk")
    if state == "late":
        rows = rows.filter(due_on__lt=on)
    elif state in Objection.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = score_pages.lines(request.actor, [row.entry for row in page.object_list])
    context = {
        "page": page,
        "rows": [
            (row, line, limit_light(row.due_on, row.unit.region_code, on=on) if row.state == "open" else ("", ""))
            for row, line in zip(page.object_list, lines, strict=True)
        ],
        "state": state,
        "states": states.items(),
    }
    return render(request, "workbench/scores/objections.html", context)


def _may_object(request: ActorRequest, states: dict[str, str], on: dt.date) -> HttpResponse:
    """List the deductions whose time for objecting is not over, those that end first at the top."""
    page = Paginator(objectable_by(request.actor, on=on), PAGE).get_page(request.GET.get("page"))
    pairs = list(page.object_list)
    lines = score_pages.lines(request.actor, [entry for _last, entry in pairs])
    context = {
        "page": page,
        "rows": [
            (line, last, limit_light(last, entry.unit.region_code, on=on))
            for (last, entry), line in zip(pairs, lines, strict=True)
        ],
        "state": "may",
        "states": states.items(),
    }
    return render(request, "workbench/scores/objectable.html", context)


@permitted(OBJECT_SELF.code)
@require_POST
def file(request: ActorRequest, key: int) -> HttpResponseBase:
    """Object to an entry; if something is missing, show the page again with everything typed."""
    at, row = now(), found_entry(request, key)
    grounds = request.POST.get("grounds", "").replace("\x00", "")
    try:
        with transaction.atomic():
            files = [
                store_upload(upload=upload, by=request.actor.account, at=at)
                for upload in request.FILES.getlist("files")
            ]
            made = file_objection(entry=row, grounds=grounds, files=files, by=request.actor, at=at)
    except UploadRejected as refused:
        return entry_page(request, row, problem=str(refused), field="files", grounds=grounds)
    except ScoreError as refused:
        return entry_page(request, row, problem=str(refused), field=refused.field, grounds=grounds)
    messages.success(request, _("申诉已提出，编号 %(number)s。") % {"number": made.number})
    return redirect("workbench:objection", made.number)


@permitted(OBJECTIONS.code)
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: ActorRequest, number: str) -> HttpResponseBase:
    """Show an objection; a supervisor decides it here."""
    row = objections_for(request.actor).filter(number=number).first()
    if row is None:
        raise Http404
    more: dict[str, Any] = {}
    if request.method == "POST":
        decision = request.POST.get("decision", "").replace("\x00", "")
        verdict = request.POST.get("verdict", "")
        try:
            if verdict not in ("upheld", "rejected"):
                raise ScoreError(_("请选择申诉是否成立。"), "verdict")
            decide_objection(objection=row, upheld=verdict == "upheld", decision=decision, by=request.actor, at=now())
        except (ScoreError, OrderRefused) as refused:
            field = getattr(refused, "field", "")
            more = {"problem": str(refused), "field": field, "decision": decision, "verdict": verdict}
        else:
            messages.success(request, _("已作出决定。"))
            return redirect("workbench:objection", number)
    (line,) = score_pages.lines(request.actor, [row.entry])
    context = {
        "objection": row,
        "line": line,
        "files": row.files.select_related("file"),
        "decides": row.state == Objection.State.OPEN and allows(request.actor, DECIDE.code, row),
        "light": limit_light(row.due_on, row.unit.region_code, on=today()) if row.state == "open" else ("", ""),
        **more,
    }
    return render(request, "workbench/scores/objection.html", context, status=422 if more else 200)


@permitted(OBJECTIONS.code)
@require_safe
def evidence(request: ActorRequest, number: str, key: int) -> HttpResponseBase:
    """Send a file handed in with an objection."""
    row = objections_for(request.actor).filter(number=number).first()
    found = row.files.select_related("file").filter(pk=key).first() if row is not None else None
    if found is None:
        raise Http404
    return file_response(found.file, inline=False)
