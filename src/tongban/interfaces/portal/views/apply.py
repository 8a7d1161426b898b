"""The application, page by page: start, form, materials, check and sign, receipt. Works without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.hall import arriving, filling
from tongban.affairs.hall.actions.again import begin_renewal
from tongban.affairs.hall.actions.apply import ApplicationError, submit_application
from tongban.affairs.hall.filling import Application
from tongban.affairs.hall.queries import renewable
from tongban.engines.cases.models import Case
from tongban.engines.catalog import queries as catalog
from tongban.engines.catalog.models import Implementation
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.clock.now import now, today
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.views import file_response
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.actions import discard_draft, start_draft
from tongban.foundation.forms.binding import Problem, bind
from tongban.foundation.forms.models import Draft
from tongban.foundation.forms.rules import FieldError, summary
from tongban.foundation.organizations.guards import signed_in
from tongban.interfaces.portal import applying
from tongban.interfaces.portal.page import Column, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@signed_in
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What one should have at hand, for whom one applies, and the draft to go on with."""
    implementation = applying.item_or_404(code)
    version = filling.form_for(implementation, today())
    actor = request.actor  # type: ignore[attr-defined]
    draft = forms.draft_of(actor, applying.purpose_of(code))
    who = applying.principals(actor)
    if request.method == "POST":
        if draft is not None and "discard" in request.POST:
            discard_draft(draft=draft, by=actor)
            messages.success(request, _("草稿已删除。"))
            return HttpResponseRedirect(request.path)
        if implementation.standard_item.renewal:
            return _begin_renewal(request, implementation, who)
        return _begin(request, code, version, who)
    guide = catalog.guide(code)
    if guide is None:
        raise Http404
    context = {
        "guide": guide,
        "draft": draft,
        "resume": _resume(draft, request) if draft else "",
        "who": [(account, applying.verified(account)) for account in who],
        "pages": filling.with_scenarios(version.definition, implementation).steps,
        "renews": bool(implementation.standard_item.renewal),
        "licenses": [row for row, _holder in _renewable(implementation, who)],
        "chosen": request.GET.get("renews", ""),
    }
    return page(request, "portal/apply/start.html", context, column=_column(implementation.title))


def _begin(request: HttpRequest, code: str, version: Any, who: list[Any]) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    chosen = next((one for one in who if str(one.pk) == request.POST.get("applicant")), who[0] if who else None)
    if chosen is None:
        messages.error(request, _("这个账户不能申请。工作人员请用本人的个人账户办理自己的事。"))
        return HttpResponseRedirect(request.path)
    draft = start_draft(
        purpose=applying.purpose_of(code),
        form_version=version,
        extra={"applicant": chosen.pk},
        about=applying.actor_for(chosen, today()),
        by=actor,
        at=now(),
    )
    return HttpResponseRedirect(_resume(draft, request))


def _renewable(implementation: Implementation, who: list[Account]) -> list[tuple[License, Account]]:
    """Return the licenses that the item renews, of everyone one may apply for, with their holders."""
    if not implementation.standard_item.renewal:
        return []
    known = [(account, identity_of(account)) for account in who]
    return [
        (row, account)
        for account, identity in known
        if identity is not None and identity.verified_at is not None
        for row in renewable(implementation, identity.number_digest)
    ]


def _begin_renewal(request: HttpRequest, implementation: Implementation, who: list[Account]) -> HttpResponse:
    wanted = request.POST.get("renews", "")
    found = next((each for each in _renewable(implementation, who) if each[0].identifier == wanted), None)
    if found is None:
        messages.error(request, _("请选择要延续的证照。"))
        return HttpResponseRedirect(request.path)
    actor = request.actor  # type: ignore[attr-defined]
    draft = begin_renewal(implementation=implementation, license_=found[0], applicant=found[1].pk, by=actor, at=now())
    return HttpResponseRedirect(_resume(draft, request))


def _resume(draft: Draft, request: HttpRequest) -> str:
    return arriving.resume(applying.open_application(draft, request.actor, today()))  # type: ignore[attr-defined]


@signed_in
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """One page of the form."""
    shown = applying.application_of(request, code, today())
    if shown is None:
        return _restart(request, code)
    if request.method == "POST":
        return _step_posted(request, shown, step)
    shown.page(step)
    return _form_page(request, shown, step, shown.answers)


def _step_posted(request: HttpRequest, shown: Application, step: str) -> HttpResponse:
    done = arriving.take_step(shown, step, request.POST, request.FILES, at=now())
    if done.later:
        return _later(request, shown)
    if done.go:
        return HttpResponseRedirect(done.go)
    return _form_page(request, shown, step, done.raw, errors=done.errors, news=done.news)


def _later(request: HttpRequest, shown: Application) -> HttpResponse:
    messages.success(request, _("草稿已保存，保留 30 天。可以随时回来继续。"))
    return HttpResponseRedirect(shown.url("apply"))


def _form_page(
    request: HttpRequest,
    shown: Application,
    step: str,
    raw: dict[str, Any],
    *,
    errors: list[FieldError] | None = None,
    news: bool = False,
) -> HttpResponse:
    bound = bind(shown.spec, step, raw, errors=errors or [], known=shown.known, help_with=shown.help(raw))
    context = {"step": bound, "news": news, "back": shown.before(step), **_around(shown, step)}
    title = _("%(step)s（第 %(number)s 步，共 %(all)s 步）") % {
        "step": bound.title,
        "number": context["number"],
        "all": context["count"],
    }
    return _page(request, shown, "portal/apply/step.html", context, title=title, wrong=bool(errors))


def _around(shown: Application, current: str) -> dict[str, Any]:
    return {**arriving.around(shown, current), "guide": catalog.guide(shown.code)}


def _page(
    request: HttpRequest,
    shown: Application,
    template: str,
    context: dict[str, Any],
    *,
    title: str,
    wrong: bool = False,
) -> HttpResponse:
    context["page_title"] = _("有错误：%(title)s") % {"title": title} if wrong else title
    status = 422 if wrong else 200
    return page(request, template, context, column=_column(shown.implementation.title), status=status)


def _column(title: str) -> Column:
    return Column(title, _("在线申请：%(title)s") % {"title": title})


def _restart(request: HttpRequest, code: str) -> HttpResponse:
    """Send to the start page when there is no open draft; to the receipt if this very draft was handed in."""
    key = request.POST.get("key", "")
    if key:
        case = _handed_in(request, key)
        if case is not None:
            return HttpResponseRedirect(reverse("portal:apply_done", args=[code, case.number]))
    applying.item_or_404(code)
    return HttpResponseRedirect(reverse("portal:apply", args=[code]))


def _handed_in(request: HttpRequest, key: str) -> Case | None:
    """Return the case made from a draft of this person."""
    import uuid

    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    account = request.actor.account  # type: ignore[attr-defined]
    if not Draft.objects.filter(account=account, submission_key=wanted, submitted_at__isnull=False).exists():
        return None
    return Case.objects.filter(submission_key=wanted).first()


@signed_in
@require_http_methods(["GET", "POST"])
def materials(request: HttpRequest, code: str) -> HttpResponse:
    """The materials: taken from licences held, uploaded, promised, or brought on paper."""
    shown = applying.application_of(request, code, today())
    if shown is None:
        return _restart(request, code)
    problems: list[Problem] = []
    if request.method == "POST":
        done, problems = arriving.take_materials(shown, request.POST, request.FILES, at=now())
        if done.later:
            return _later(request, shown)
        if done.go:
            return HttpResponseRedirect(done.go)
    rows = arriving.material_rows(shown, shown.plan(), problems)
    context = {
        "rows": [row for row in rows if not row.slot.settled],
        "settled": [row for row in rows if row.slot.settled],
        "problems": problems,
        "back": shown.before("materials"),
        **_around(shown, "materials"),
    }
    title = _("申请材料（第 %(number)s 步，共 %(all)s 步）") % {"number": context["number"], "all": context["count"]}
    return _page(request, shown, "portal/apply/materials.html", context, title=title, wrong=bool(problems))


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Everything once more, the declaration, and handing in."""
    shown = applying.application_of(request, code, today())
    if shown is None:
        return _restart(request, code)
    cleaned = shown.clean(None, shown.answers)
    problems = arriving.open_points(shown, cleaned.errors)
    if request.method == "POST" and not problems:
        if "declared" not in request.POST:
            problems = [Problem("declared", _("请阅读并勾选声明，然后提交"))]
        else:
            try:
                case = submit_application(
                    draft=shown.draft,
                    by=request.actor,  # type: ignore[attr-defined]
                    at=now(),
                )
            except ApplicationError as refused:
                problems = [Problem("main", str(refused))]
            else:
                return HttpResponseRedirect(shown.url("apply_done", case.number))
    plan = shown.plan()
    names = shown.files({one for given in plan.given.values() for one in given.files})
    context = {
        "sections": summary(shown.spec, cleaned.values, region_name=forms.region_name),
        "change_url": shown.url("apply_step", "_").removesuffix("_/"),
        "plan": [(slot, plan.given.get(slot.code), names) for slot in plan.slots],
        "problems": problems,
        "ready": not arriving.open_points(shown, cleaned.errors),
        "back": shown.before("check"),
        **_around(shown, "check"),
    }
    title = _("核对并提交（第 %(number)s 步，共 %(all)s 步）") % {"number": context["number"], "all": context["count"]}
    wrong = bool(problems) and request.method == "POST"
    return _page(request, shown, "portal/apply/check.html", context, title=title, wrong=wrong)


@signed_in
@require_safe
def done(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The receipt: number, what happens next, until when."""
    account = request.actor.account  # type: ignore[attr-defined]
    case = Case.objects.select_related("unit", "form").filter(number=number, implementation__code=code).first()
    if case is None or account is None or account.pk not in (case.applicant_id, case.agent_id):
        raise Http404
    guide = catalog.guide(code)
    context = {"case": case, "guide": guide, "phone": case.form.phone[-4:]}
    return page(request, "portal/apply/done.html", context, column=_column(case.title))


@signed_in
@require_safe
def file(request: HttpRequest, code: str, pk: str) -> Any:
    """A file this person uploaded."""
    applying.item_or_404(code)
    stored = StoredFile.objects.filter(pk=pk, uploaded_by=request.actor.account).first()  # type: ignore[attr-defined]
    if stored is None:
        raise Http404
    return file_response(stored, inline=True)
