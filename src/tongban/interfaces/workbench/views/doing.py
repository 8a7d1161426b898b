"""What officials do with a case: the declared actions, materials, notes, and looking at masked values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongban.engines.cases.actions import (
    ActionRefused,
    act,
    add_note,
    answer_rating,
    judge_material,
    lock_case,
    record_event,
    supplement,
)
from tongban.engines.cases.models import Case, CaseForm, CaseMaterial, Rating
from tongban.engines.cases.permissions import NOTE
from tongban.engines.cases.queries import ActionOffer, case_file, replaceable
from tongban.engines.cases.queries.case_file import form_of
from tongban.foundation.accounts.actions.revealing import reveal
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.clock.now import now
from tongban.foundation.files.views import may_show
from tongban.foundation.forms.queries import region_name
from tongban.foundation.forms.rules import summary
from tongban.foundation.forms.sealing import unseal
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import allows, require
from tongban.interfaces.workbench import acting, handing_in
from tongban.interfaces.workbench.case_page import bundle, found, head
from tongban.interfaces.workbench.permissions import REVEAL
from tongban.interfaces.workbench.views.case import application_context, offered, shown


@permitted("cases.act")
@require_POST
def do(request: ActorRequest, number: str, action: str) -> HttpResponse:
    """Carry out one offered action; if it is refused, show the page again with everything typed."""
    at, actor = now(), request.actor
    row = found(actor, number)
    file = case_file(row, actor, at=at)
    offer = offered(file.actions, action, request.POST.get("task", ""))
    key = acting.idempotency_key(request.POST)
    if offer is None:
        return _gone(request, row, action, key)
    materials = [line.material for line in file.materials]
    typed = acting.read(offer, request.POST, request.FILES, materials=materials, by=actor.account, at=at)
    lines: tuple[handing_in.HandedIn, ...] = ()
    if offer.kind == handing_in.KIND:
        lines = handing_in.read(replaceable(row), request.POST, request.FILES, by=actor.account, at=at)
    try:
        if typed.errors or any(line.error for line in lines):
            raise ActionRefused(_("请改正下面标出的内容。"), typed.errors)
        _carry_out(request, row, offer, typed.data, lines, key=key)
    except ActionRefused as refused:
        context = bundle(found(actor, number), actor, at=at)
        form = acting.refilled(
            offer,
            request.POST,
            typed,
            version=context["case"].version,
            materials=materials,
            errors={**refused.field_errors, **typed.errors},
            error=str(refused),
        )
        context["form"] = replace(form, handed_in=lines)
        return shown(request, context, status=422)
    messages.success(request, _("已完成：%(action)s") % {"action": offer.title})
    return _to(row)


def _carry_out(
    request: ActorRequest,
    row: Case,
    offer: ActionOffer,
    data: dict[str, Any],
    lines: tuple[handing_in.HandedIn, ...],
    *,
    key: str,
) -> None:
    """Act through the one door; what is handed in at the counter goes with the act or not at all.

    :raises ActionRefused: with nothing written
    """
    actor, at = request.actor, now()
    if offer.kind == handing_in.KIND:
        supplement(
            case=row, materials=handing_in.submitted(lines), note=str(data.get("note", "")), by=actor, at=at, key=key
        )
        return
    version = _whole(request.POST.get("version"))
    act(case=row, action=offer.code, by=actor, at=at, data=data, key=key, expected_version=version, task=offer.task)


def _gone(request: ActorRequest, row: Case, action: str, key: str) -> HttpResponse:
    """Answer an action that is not offered: it went through before with the same key, or someone was quicker."""
    try:
        act(case=row, action=action, by=request.actor, at=now(), key=key)
    except ActionRefused as refused:
        context = bundle(row, request.actor, at=now())
        context["gone"] = str(refused)
        context["typed"] = [
            (name.removeprefix(acting.PREFIX), text)
            for name, values in request.POST.lists()
            if name.startswith(acting.PREFIX)
            for text in values
            if str(text).strip()
        ]
        return shown(request, context, status=422)
    messages.success(request, _("这一步已经办理过，没有重复办理。"))
    return _to(row)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _to(row: Case) -> HttpResponse:
    return HttpResponseRedirect(reverse("workbench:case", args=[row.number]))


# -- materials ---------------------------------------------------------------------------------------------------------


@permitted("desk.case")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def material(request: ActorRequest, number: str, key: int) -> HttpResponse:
    """Show one material with its file; accept it or mark it as to be corrected."""
    row = found(request.actor, number)
    file = case_file(row, request.actor, at=now())
    lines = list(file.materials)
    index = next((i for i, line in enumerate(lines) if line.material.pk == key), None)
    if index is None:
        raise Http404
    line = lines[index]
    context: dict[str, Any] = {
        **head(row, file, request.actor),
        "tab": "case",
        "line": line,
        "position": index + 1,
        "total": len(lines),
        "before": lines[index - 1].material if index else None,
        "after": lines[index + 1].material if index + 1 < len(lines) else None,
        "may_judge": row.closed_at is None and allows(request.actor, "cases.judge_material", row),
        "note": line.material.note,
        "shows": _shows(line.material),
    }
    if request.method != "POST":
        return render(request, "workbench/material.html", context)
    try:
        judge_material(
            material=line.material,
            verdict=request.POST.get("verdict", ""),
            note=request.POST.get("note", ""),
            by=request.actor,
            at=now(),
        )
    except ActionRefused as refused:
        context |= {"error": str(refused), "note": request.POST.get("note", "")}
        return render(request, "workbench/material.html", context, status=422)
    messages.success(request, _("已记录核验结论：%(name)s") % {"name": line.material.name})
    rest = [each.material for each in lines[index + 1 :] if each.material.state == CaseMaterial.State.PENDING]
    target = (
        reverse("workbench:material", args=[number, rest[0].pk]) if rest else reverse("workbench:case", args=[number])
    )
    return HttpResponseRedirect(target)


def _shows(held: CaseMaterial) -> str:
    """Return how a file may be shown in the page: as a picture, as a PDF in the browser's own viewer, or not at all."""
    if held.file is None or not may_show(held.file):
        return ""
    return "pdf" if held.file.content_type == "application/pdf" else "picture"


@permitted("cases.judge_material")
@require_POST
def accept_materials(request: ActorRequest, number: str) -> HttpResponse:
    """Accept every material that is still to be checked."""
    row = found(request.actor, number)
    pending = list(CaseMaterial.objects.filter(case=row, current=True, state=CaseMaterial.State.PENDING).order_by("pk"))
    try:
        with transaction.atomic():
            for each in pending:
                judge_material(material=each, verdict=CaseMaterial.State.ACCEPTED, by=request.actor, at=now())
    except ActionRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("已核 %(count)s 份材料。") % {"count": len(pending)})
    return _to(row)


# -- notes -------------------------------------------------------------------------------------------------------------


@permitted("cases.note")
@require_POST
def note(request: ActorRequest, number: str) -> HttpResponse:
    """Leave a note with the case."""
    row = found(request.actor, number)
    require(request.actor, NOTE.code, row)
    try:
        add_note(
            case=row,
            text=request.POST.get("text", ""),
            by=request.actor,
            at=now(),
            visible_to_applicant=bool(request.POST.get("visible")),
        )
    except ActionRefused as refused:
        context = bundle(row, request.actor, at=now())
        context |= {"note_error": str(refused), "note_text": request.POST.get("text", "")}
        return shown(request, context, status=422)
    messages.success(request, _("已记下备注。"))
    return _to(row)


@permitted("cases.answer_rating")
@require_POST
def rating(request: ActorRequest, number: str) -> HttpResponse:
    """Write down what came of following up a bad review."""
    row = found(request.actor, number)
    held = Rating.objects.filter(case=row, is_bad=True, answered_at__isnull=True).first()
    if held is None:
        raise Http404
    try:
        answer_rating(rating=held, answer=request.POST.get("answer", ""), by=request.actor, at=now())
    except ActionRefused as refused:
        context = bundle(row, request.actor, at=now())
        context |= {"answer_error": str(refused)}
        return shown(request, context, status=422)
    messages.success(request, _("已记下回访情况。"))
    return _to(row)


# -- masked values -----------------------------------------------------------------------------------------------------


@permitted(REVEAL.code)
@require_POST
@never_cache
def uncover(request: ActorRequest, number: str) -> HttpResponse:
    """Show masked values of a case in full, for a reason that is recorded; they are shown once and not kept."""
    row = found(request.actor, number)
    what, reason = request.POST.get("what", ""), request.POST.get("reason", "").strip()
    context = application_context(row, request)
    try:
        if what == "answers":
            context |= {"sections": _all_answers(request, row, reason), "uncovered": "answers"}
        else:
            context |= {"value": _one_value(request, row, what, reason), "uncovered": what}
    except AccountError as refused:
        texts = refused.fields or {"reason": str(refused)}
        context |= {"reveal_error": " ".join(str(text) for text in texts.values()), "reason": reason, "what": what}
        return render(request, "workbench/application.html", context, status=422)
    return render(request, "workbench/application.html", context)


def _one_value(request: ActorRequest, row: Case, what: str, reason: str) -> str:
    identity = getattr(row.applicant, "identity", None)
    if identity is None or what not in ("number", "phone"):
        raise Http404
    return reveal(identity=identity, field=what, reason=reason, by=request.actor, at=now(), about=row.number)


def _all_answers(request: ActorRequest, row: Case, reason: str) -> tuple[Any, ...]:
    """Return the answers unmasked, and record on the case who asked and why."""
    if len(reason) < 2:
        raise AccountError(fields={"reason": _("请填写查看理由。")})
    form: CaseForm | None = form_of(row)
    if form is None or form.form_version is None:
        raise Http404
    with transaction.atomic():
        record_event(
            case=lock_case(case=row, by=request.actor, permission=REVEAL.code),
            act="reveal_answers",
            title={"zh": "查看完整申请内容", "en": "Application read in full"},
            by=request.actor,
            at=now(),
            note=reason[:200],
        )
    spec = form.form_version.definition
    return tuple(summary(spec, unseal(spec, form.answers), masked=False, region_name=region_name))
