"""The application, page by page: start, form, materials, check and sign, receipt. Works without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.hall import materials as hall_materials
from tongban.affairs.hall.actions.apply import ApplicationError, submit_application
from tongban.affairs.hall.materials import Given, Slot
from tongban.engines.cases.models import Case
from tongban.engines.catalog import queries as catalog
from tongban.foundation.clock.now import now, today
from tongban.foundation.files.actions import UploadRejected, store_upload
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.views import file_response
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.actions import discard_draft, save_draft, start_draft
from tongban.foundation.forms.binding import Problem, bind
from tongban.foundation.forms.models import Draft
from tongban.foundation.forms.rules import FieldError, raw_from_post, summary
from tongban.foundation.forms.schema import GroupField, UploadField
from tongban.foundation.organizations.guards import signed_in
from tongban.interfaces.portal import applying
from tongban.interfaces.portal.applying import Application
from tongban.interfaces.portal.page import Column, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@signed_in
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """What one should have at hand, for whom one applies, and the draft to go on with."""
    implementation = applying.item_or_404(code)
    version = applying.form_for(implementation, today())
    actor = request.actor  # type: ignore[attr-defined]
    draft = forms.draft_of(actor, applying.purpose_of(code))
    who = applying.principals(actor)
    if request.method == "POST":
        if draft is not None and "discard" in request.POST:
            discard_draft(draft=draft, by=actor)
            messages.success(request, _("草稿已删除。"))
            return HttpResponseRedirect(request.path)
        return _begin(request, code, version, who)
    guide = catalog.guide(code)
    if guide is None:
        raise Http404
    context = {
        "guide": guide,
        "draft": draft,
        "resume": _resume(draft, request) if draft else "",
        "who": [(account, applying.verified(account)) for account in who],
        "pages": applying.with_scenarios(version.definition, implementation).steps,
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


def _resume(draft: Draft, request: HttpRequest) -> str:
    shown = applying.open_application(draft, request.actor, today())  # type: ignore[attr-defined]
    if draft.step == "materials":
        return shown.url("apply_materials")
    if draft.step == "check":
        return shown.url("apply_check")
    ids = [one.id for one in shown.pages()]
    return shown.url("apply_step", draft.step if draft.step in ids else ids[0])


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
    shown.page(step)
    typed = raw_from_post(shown.spec, step, request.POST)
    refused = _take_uploads(request, shown, step, typed)
    anchor = _change_rows(request, shown, step, typed)
    raw = {**shown.answers, **typed, **shown.fixed}
    if anchor is not None or "_refresh" in request.POST or "_later" in request.POST:
        _save(request, shown, typed, step)
        if "_later" in request.POST:
            messages.success(request, _("草稿已保存，保留 30 天。可以随时回来继续。"))
            return HttpResponseRedirect(shown.url("apply"))
        if not refused:
            return HttpResponseRedirect(f"{request.path}{anchor or ''}")
    cleaned = shown.clean(step, raw)
    errors = [*refused, *(error for error in cleaned.errors if error.path not in {one.path for one in refused})]
    kept = {item.id: cleaned.values.get(item.id, typed.get(item.id)) for item in shown.spec.step(step).fields}
    _save(request, shown, {name: value for name, value in kept.items() if name in typed}, step)
    if not errors:
        return HttpResponseRedirect(shown.after(step, {**raw, **cleaned.values}))
    asked = set(request.POST.get("_shown", "").split())
    old = [error for error in errors if error.path in asked or error.path in {one.path for one in refused}]
    if not old and asked:
        return _form_page(request, shown, step, raw, news=True)
    return _form_page(request, shown, step, raw, errors=old or errors)


def _save(request: HttpRequest, shown: Application, answers: dict[str, Any], step: str) -> None:
    shown.draft = save_draft(
        draft=shown.draft,
        answers=answers,
        step=step,
        by=request.actor,  # type: ignore[attr-defined]
        at=now(),
    )
    shown.answers = forms.answers_of(shown.draft)


def _change_rows(request: HttpRequest, shown: Application, step: str, typed: dict[str, Any]) -> str | None:
    """Add or remove a row or a file as a button asked; return where on the page to go on, or nothing."""
    groups = {item.id: item for item in shown.spec.step(step).fields if isinstance(item, GroupField)}
    add, remove = request.POST.get("_add", ""), request.POST.get("_remove", "")
    if add in groups:
        typed[add] = [*typed[add], {}]
        return f"#{add}-{len(typed[add]) - 1}"
    name, _dash, number = remove.rpartition("-")
    if name in groups and number.isdigit() and int(number) < len(typed[name]):
        del typed[name][int(number)]
        return f"#{name}"
    field, _colon, gone = request.POST.get("_remove_file", "").partition(":")
    for path, ids in _uploads(shown, step, typed):
        if path == field:
            ids[:] = [one for one in ids if one != gone]
            return f"#{field}"
    return None


def _uploads(shown: Application, step: str, typed: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the lists of file ids in what was typed, by path."""
    found: list[tuple[str, list[str]]] = []
    for item in shown.spec.step(step).fields:
        if isinstance(item, UploadField):
            found.append((item.id, typed[item.id]))
        elif isinstance(item, GroupField):
            for number, row in enumerate(typed[item.id]):
                found += [
                    (f"{item.id}-{number}-{inner.id}", row[inner.id])
                    for inner in item.fields
                    if isinstance(inner, UploadField)
                ]
    return found


def _take_uploads(request: HttpRequest, shown: Application, step: str, typed: dict[str, Any]) -> list[FieldError]:
    """Keep the files that came with a page; return what was refused and why."""
    refused = []
    for path, ids in _uploads(shown, step, typed):
        for upload in request.FILES.getlist(f"{path}-file"):
            try:
                stored = store_upload(upload=upload, by=shown.draft.account, at=now())
            except UploadRejected as wrong:
                refused.append(FieldError(path, f"{upload.name}：{wrong}"))
            else:
                ids.append(str(stored.pk))
    return refused


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
    stages = shown.stages(current)
    number = next(place for place, stage in enumerate(stages, start=1) if stage.state == "current")
    return {
        "shown": shown,
        "stages": stages,
        "number": number,
        "count": len(stages),
        "guide": catalog.guide(shown.code),
        "slots": shown.plan().slots,
    }


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
        refused = _take_materials(request, shown)
        problems = [Problem(one.path, one.message) for one in refused]
        if not problems and "_later" in request.POST:
            messages.success(request, _("草稿已保存，保留 30 天。可以随时回来继续。"))
            return HttpResponseRedirect(shown.url("apply"))
        if not problems and "_remove_file" not in request.POST and "_upload" not in request.POST:
            problems = [Problem(one.code, one.message) for one in hall_materials.lacks(shown.plan())]
            if not problems:
                return HttpResponseRedirect(shown.url("apply_check"))
        elif not problems:
            return HttpResponseRedirect(f"{request.path}#{request.POST.get('_upload', '')}")
    plan = shown.plan()
    files = shown.files({one for given in plan.given.values() for one in given.files})
    wrong = {one.anchor: one.text for one in problems}
    rows = [_material_row(slot, plan.given.get(slot.code), files, wrong.get(slot.code, "")) for slot in plan.slots]
    context = {
        "rows": [row for row in rows if not row["slot"].settled],
        "settled": [row for row in rows if row["slot"].settled],
        "problems": problems,
        "back": shown.before("materials"),
        **_around(shown, "materials"),
    }
    title = _("申请材料（第 %(number)s 步，共 %(all)s 步）") % {"number": context["number"], "all": context["count"]}
    return _page(request, shown, "portal/apply/materials.html", context, title=title, wrong=bool(problems))


def _material_row(slot: Slot, given: Given | None, files: dict[str, Any], error: str) -> dict[str, Any]:
    way = given.way if given else (slot.ways[0] if slot.ways and (len(slot.ways) == 1 or slot.held) else "")
    license_ = given.license if given else slot.held[0].identifier if slot.held else ""
    return {
        "slot": slot,
        "way": way,
        "license": license_ if way == "license" else "",
        "files": [files[one] for one in given.files if one in files] if given else [],
        "error": error,
        "accept": ",".join(f".{kind}" for kind in slot.accept),
    }


def _take_materials(request: HttpRequest, shown: Application) -> list[FieldError]:
    """Keep what was chosen and uploaded; return what was refused and why."""
    kept: dict[str, dict[str, Any]] = dict(shown.draft.extra.get("materials", {}))
    refused: list[FieldError] = []
    for slot in shown.plan().open:
        before = kept.get(slot.code, {})
        files = [one for one in before.get("files", []) if request.POST.get("_remove_file") != f"{slot.code}:{one}"]
        way, _colon, license_ = request.POST.get(f"{slot.code}-way", "").partition(":")
        for upload in request.FILES.getlist(f"{slot.code}-file"):
            try:
                stored = store_upload(upload=upload, by=shown.draft.account, at=now(), accept=slot.accept)
            except UploadRejected as wrong:
                refused.append(FieldError(slot.code, f"{upload.name}：{wrong}"))
            else:
                files.append(str(stored.pk))
                way = "upload"
        if way not in slot.ways:
            way = "upload" if files else ""
        kept[slot.code] = {"way": way, "files": files, "license": license_}
    shown.draft = save_draft(
        draft=shown.draft,
        extra={"materials": kept},
        step="materials",
        by=request.actor,  # type: ignore[attr-defined]
        at=now(),
    )
    return refused


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Everything once more, the declaration, and handing in."""
    shown = applying.application_of(request, code, today())
    if shown is None:
        return _restart(request, code)
    cleaned = shown.clean(None, shown.answers)
    problems = _open_points(shown, cleaned.errors)
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
        "ready": not _open_points(shown, cleaned.errors),
        "back": shown.before("check"),
        **_around(shown, "check"),
    }
    title = _("核对并提交（第 %(number)s 步，共 %(all)s 步）") % {"number": context["number"], "all": context["count"]}
    wrong = bool(problems) and request.method == "POST"
    return _page(request, shown, "portal/apply/check.html", context, title=title, wrong=wrong)


def _open_points(shown: Application, errors: list[FieldError]) -> list[Problem]:
    """Return what is missing in the whole application, each as a link to its page."""
    labels = {item.id: (page_.id, str(item.label)) for page_, item in shown.spec.top_fields() if hasattr(item, "label")}
    points = []
    for error in errors:
        step_id, label = labels.get(error.path.split("-")[0], ("", ""))
        text = error.message if label in error.message else f"{label}：{error.message}"
        points.append(Problem(f"{shown.url('apply_step', step_id)}#{error.path}", text))
    points += [
        Problem(f"{shown.url('apply_materials')}#{lack.code}", lack.message)
        for lack in hall_materials.lacks(shown.plan())
    ]
    return points


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
