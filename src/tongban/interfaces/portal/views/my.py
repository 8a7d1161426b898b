"""My matters: drafts and cases, and the applicant's page of one case with everything the applicant can do there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.affairs.hall.actions.again import file_anew
from tongban.affairs.hall.actions.apply import ApplicationError
from tongban.affairs.hall.models import Charge
from tongban.affairs.hall.queries import charges_of
from tongban.engines.cases.actions import ActionRefused, SubmittedMaterial, act, add_note, rate, supplement
from tongban.engines.cases.models import Case, CaseDocument, CaseMaterial, Rating
from tongban.engines.cases.queries import ApplicantFile, applicant_file, case_for, my_cases
from tongban.engines.catalog.models import Implementation
from tongban.engines.licenses.queries import issued_in_case
from tongban.foundation.clock.now import now
from tongban.foundation.documents.actions import ensure_file
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.files.views import file_response
from tongban.foundation.forms.queries import open_drafts
from tongban.foundation.organizations.guards import signed_in
from tongban.interfaces.portal.page import Column, page, weekdays

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from tongban.foundation.forms.models import Draft

PAGE = 20
APPLY = "apply:"
OPEN = "open"
BY_APPLICANT = (CaseMaterial.Source.UPLOAD, CaseMaterial.Source.PAPER, CaseMaterial.Source.COMMITMENT)
REASONS = (
    ("slow", lazy("办得慢")),
    ("attitude", lazy("态度不好")),
    ("materials", lazy("要的材料多")),
    ("visits", lazy("跑的次数多")),
    ("system", lazy("网站不好用")),
    ("unclear", lazy("说得不清楚")),
)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the list."""

    draft: Draft
    title: str
    unit: str
    url: str


@signed_in
@require_safe
def my(request: HttpRequest) -> HttpResponse:
    """Drafts to go on with and cases, newest first; those that wait for the applicant are marked."""
    actor = request.actor  # type: ignore[attr-defined]
    cases = my_cases(actor)
    waiting = cases.filter(status=Case.Status.CORRECTION).count()
    shown = request.GET.get("show", "")
    rows = cases.filter(closed_at__isnull=True) if shown == OPEN else cases
    context = {
        "drafts": _drafts(actor),
        "cases": Paginator(rows, PAGE).get_page(request.GET.get("page", 1)),
        "waiting": waiting,
        "all": cases.count(),
        "open": cases.filter(closed_at__isnull=True).count(),
        "shown": shown,
    }
    return page(request, "portal/my.html", context, column=Column(_("我的办件"), _("草稿、办件和要做的事。")))


def _drafts(actor: object) -> list[DraftRow]:
    drafts = [row for row in open_drafts(actor) if row.purpose.startswith(APPLY)]  # type: ignore[arg-type]
    codes = {row.purpose.removeprefix(APPLY) for row in drafts}
    known = {row.code: row for row in Implementation.objects.filter(code__in=codes).select_related("unit")}
    return [
        DraftRow(row, known[code].title, known[code].unit.title, reverse("portal:apply", args=[code]))
        for row in drafts
        if (code := row.purpose.removeprefix(APPLY)) in known
    ]


def own_case(request: HttpRequest, number: str) -> Case:
    """Return a case of the applicant, of one acted for, or filed as agent; anything else is not found."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        case = case_for(actor, number)
    except Case.DoesNotExist as missing:
        raise Http404 from missing
    if case.applicant_id not in actor.principals and case.agent_id != actor.account.pk:
        raise Http404
    return case


@signed_in
@require_safe
def my_case(request: HttpRequest, number: str) -> HttpResponse:
    """Where a case stands, what to do now, until when and how that was counted, papers, and what one can do."""
    return _case_page(request, own_case(request, number))


def _case_page(
    request: HttpRequest,
    case: Case,
    *,
    form: str = "",
    message: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    file = applicant_file(case, request.actor, at=now())  # type: ignore[attr-defined]
    charges = list(charges_of(case))
    if any(charge.state == Charge.State.OPEN for charge in charges) and not file.must_act:
        file = replace(file, must_act=True, sentence=_("有一份缴费通知待缴，请在下面缴纳。办理照常进行。"))
    context = {
        "file": file,
        "case": case,
        "replace": _distinct(file.to_replace),
        "others": _distinct(others_to_replace(file)),
        "offers": {offer.kind: offer for offer in file.actions},
        "licenses": list(issued_in_case(case.number)),
        "charges": charges,
        "scores": Rating.Score.choices,
        "reasons": REASONS,
        "form": form,
        "message": message,
        "errors": errors or {},
        "typed": request.POST,
        "checked": request.POST.getlist("reasons"),
        "weekdays": weekdays(),
    }
    return page(request, "portal/my_case.html", context, column=Column(file.title, file.status), status=status)


def _distinct(rows: Iterable[CaseMaterial]) -> list[CaseMaterial]:
    """Return one row a material: several files of one material are replaced together."""
    return list({row.code: row for row in rows}.values())


def others_to_replace(file: ApplicantFile) -> list[CaseMaterial]:
    """Return what was handed in by the applicant and is not marked: it may be replaced as well."""
    marked = {row.code for row in file.to_replace}
    rows = [row.material for row in file.materials]
    return [row for row in rows if row.source in BY_APPLICANT and row.code not in marked]


def _back(case: Case, anchor: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:my_case", args=[case.number]) + anchor)


@signed_in
@require_POST
def my_case_supplement(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in what the correction notice asked for."""
    case = own_case(request, number)
    actor = request.actor  # type: ignore[attr-defined]
    file = applicant_file(case, actor, at=now())
    names = {row.code: row.name for row in [*file.to_replace, *others_to_replace(file)]}
    given: list[SubmittedMaterial] = []
    errors: dict[str, str] = {}
    for code, name in names.items():
        for upload in request.FILES.getlist(f"file-{code}"):
            try:
                stored = store_upload(upload=upload, by=actor.account, at=now())
            except UploadRejected as refused:
                errors[f"file-{code}"] = _("%(name)s：%(reason)s") % {"name": upload.name, "reason": refused}
            else:
                given.append(SubmittedMaterial(code, name, "upload", file=stored))
    if errors:
        text = _("有文件没有收下，请改好后把全部文件重新选一遍再提交。")
        return _case_page(request, case, form="supplement", message=text, errors=errors, status=422)
    try:
        supplement(
            case=case,
            materials=given,
            note=request.POST.get("note", ""),
            by=actor,
            at=now(),
            key=request.POST.get("key", "")[:64] or None,
        )
    except ActionRefused as refused:
        return _case_page(
            request, case, form="supplement", message=refused.message, errors=dict(refused.field_errors), status=422
        )
    messages.success(request, _("补正材料已经提交，受理期限从今天重新计算。"))
    return _back(case)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def my_case_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask once more, then withdraw."""
    case = own_case(request, number)
    file = applicant_file(case, request.actor, at=now())  # type: ignore[attr-defined]
    offer = next((one for one in file.actions if one.kind == "withdraw"), None)
    if offer is None:
        messages.error(request, _("这个办件现在不能撤回。"))
        return _back(case)
    column = Column(_("撤回申请"), file.title)
    if request.method != "POST":
        return page(request, "portal/my_case_withdraw.html", {"file": file, "case": case}, column=column)
    try:
        act(
            case=case,
            action=offer.code,
            by=request.actor,  # type: ignore[attr-defined]
            at=now(),
            data={"reason": request.POST.get("reason", "")},
        )
    except ActionRefused as refused:
        context = {"file": file, "case": case, "message": refused.message, "errors": refused.field_errors}
        return page(request, "portal/my_case_withdraw.html", context, column=column, status=422)
    messages.success(request, _("申请已经撤回。"))
    return _back(case)


@signed_in
@require_POST
def my_case_again(request: HttpRequest, number: str) -> HttpResponse:
    """File a returned application anew, from what was entered before."""
    case = own_case(request, number)
    try:
        draft = file_anew(case=case, by=request.actor, at=now())  # type: ignore[attr-defined]
    except ApplicationError as refused:
        messages.error(request, str(refused))
        return _back(case)
    messages.success(request, _("已带出原来填写的内容和材料，请按告知书改好再提交。"))
    return HttpResponseRedirect(reverse("portal:apply", args=[draft.purpose.removeprefix(APPLY)]))


@signed_in
@require_POST
def my_case_note(request: HttpRequest, number: str) -> HttpResponse:
    """Leave a message for the officials who handle the case."""
    case = own_case(request, number)
    try:
        add_note(case=case, text=request.POST.get("text", ""), by=request.actor, at=now())  # type: ignore[attr-defined]
    except ActionRefused as refused:
        return _case_page(
            request, case, form="note", message=refused.message, errors=dict(refused.field_errors), status=422
        )
    messages.success(request, _("留言已经送到办理单位。"))
    return _back(case, "#notes")


@signed_in
@require_POST
def my_case_rate(request: HttpRequest, number: str) -> HttpResponse:
    """Rate a case that has ended."""
    case = own_case(request, number)
    given = request.POST.get("score", "")
    known = dict(REASONS)
    try:
        rate(
            case=case,
            score=int(given) if given.isdecimal() and len(given) == 1 else 0,
            reasons=[code for code in request.POST.getlist("reasons") if code in known],
            comment=request.POST.get("comment", ""),
            by=request.actor,  # type: ignore[attr-defined]
            at=now(),
        )
    except ActionRefused as refused:
        return _case_page(
            request, case, form="rate", message=refused.message, errors=dict(refused.field_errors), status=422
        )
    messages.success(request, _("谢谢您的评价。"))
    return _back(case, "#rating")


@signed_in
@require_safe
def my_case_document(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A paper of one's own case as sealed PDF."""
    case = own_case(request, number)
    found = CaseDocument.objects.filter(case=case, pk=pk, visible_to_applicant=True).select_related("document").first()
    if found is None:
        raise Http404
    return file_response(ensure_file(document=found.document, at=now()), inline=True)


@signed_in
@require_safe
def my_case_material(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A file one handed in."""
    case = own_case(request, number)
    found = CaseMaterial.objects.filter(case=case, pk=pk, file__isnull=False).select_related("file").first()
    if found is None or found.file is None:
        raise Http404
    return file_response(found.file, inline=True)
