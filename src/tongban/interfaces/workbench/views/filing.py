"""Filing at the counter (窗口代录), page by page: item, applicant, form, materials, check, receipt. Works without script."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.affairs.hall import arriving, filling
from tongban.affairs.hall.actions.apply import ApplicationError
from tongban.affairs.hall.actions.counter import (
    FILE,
    VisitorError,
    begin_filing,
    change_visitor,
    discard_filing,
    submit_filing,
)
from tongban.affairs.hall.filling import Application
from tongban.affairs.hall.models import CounterFiling
from tongban.affairs.hall.queries import handed_in_since, items_at_counter, own_filings
from tongban.engines.cases.models import Case
from tongban.foundation.clock.now import now, today
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.views import file_response
from tongban.foundation.forms import queries as forms
from tongban.foundation.forms.binding import Problem, bind
from tongban.foundation.forms.rules import summary
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench.counter import VisitorForm, opened, own_filing, receipt_of

PAGE = 20
READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@permitted(FILE.code)
@require_safe
@never_cache
def counter(request: ActorRequest) -> HttpResponse:
    """Choose an item of the own unit, go on with a filing, or print today's receipts again."""
    actor = request.actor
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    drafts = own_filings(actor).filter(draft__submitted_at__isnull=True)
    done = list(handed_in_since(actor, now().replace(hour=0, minute=0, second=0, microsecond=0))[:PAGE])
    cases = Case.objects.filter(submission_key__in=[row.draft.submission_key for row in done])
    numbers = dict(cases.values_list("submission_key", "number"))
    context = {
        "text": text,
        "page": Paginator(items_at_counter(actor, text), PAGE).get_page(request.GET.get("page")),
        "drafts": [(row, arriving.resume(opened(row, actor, today()))) for row in drafts[:PAGE]],
        "done": [(row, numbers.get(row.draft.submission_key, "")) for row in done],
    }
    return render(request, "workbench/counter/items.html", context)


@permitted(FILE.code)
@READ_WRITE
@never_cache
def new(request: ActorRequest, code: str) -> HttpResponse:
    """Enter who applies, and begin."""
    item = items_at_counter(request.actor).filter(code=code).first()
    if item is None:
        raise Http404
    version = filling.form_for(item, today())
    form = VisitorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            filing = begin_filing(
                implementation=item, form_version=version, visitor=form.visitor(), by=request.actor, at=now()
            )
        except VisitorError as wrong:
            form.blame(wrong)
        else:
            return HttpResponseRedirect(arriving.resume(opened(filing, request.actor, today())))
    return _applicant_page(request, form, item.title, back=reverse("workbench:counter"))


@permitted(FILE.code)
@READ_WRITE
@never_cache
def applicant(request: ActorRequest, key: UUID) -> HttpResponse:
    """Correct who applies; what was typed into the form stays."""
    filing = own_filing(request.actor, key)
    if filing.draft.submitted_at is not None:
        return _receipt(filing)
    names = ("kind", "name", "number", "phone", "bearer_name", "bearer_number")
    form = VisitorForm(
        request.POST if request.method == "POST" else None, initial={name: getattr(filing, name) for name in names}
    )
    shown = opened(filing, request.actor, today())
    if form.is_bound and form.is_valid():
        try:
            change_visitor(filing=filing, visitor=form.visitor(), by=request.actor, at=now())
        except VisitorError as wrong:
            form.blame(wrong)
        else:
            return HttpResponseRedirect(shown.url("apply_step", shown.pages()[0].id))
    return _applicant_page(request, form, filing.implementation.title, back=arriving.resume(shown))


def _applicant_page(request: ActorRequest, form: VisitorForm, title: str, *, back: str) -> HttpResponse:
    wrong = form.is_bound and bool(form.errors)
    context = {"form": form, "item": title, "back": back, "wrong": wrong}
    return render(request, "workbench/counter/applicant.html", context, status=422 if wrong else 200)


@permitted(FILE.code)
@require_POST
def discard(request: ActorRequest, key: UUID) -> HttpResponse:
    """Throw a filing away that was not handed in."""
    discard_filing(filing=own_filing(request.actor, key), by=request.actor)
    messages.success(request, _("草稿已删除。"))
    return HttpResponseRedirect(reverse("workbench:counter"))


@permitted(FILE.code)
@READ_WRITE
@never_cache
def step(request: ActorRequest, key: UUID, step: str) -> HttpResponse:
    """One page of the form."""
    filing = own_filing(request.actor, key)
    if filing.draft.submitted_at is not None:
        return _receipt(filing)
    shown = opened(filing, request.actor, today())
    if request.method != "POST":
        shown.page(step)
        return _form_page(request, shown, step, arriving.Outcome(raw=shown.answers))
    done = arriving.take_step(shown, step, request.POST, request.FILES, at=now())
    return _gone(request, done) or _form_page(request, shown, step, done)


def _gone(request: ActorRequest, done: arriving.Outcome) -> HttpResponse | None:
    """Return where a page leads, or nothing if it is to be shown again."""
    if done.later:
        messages.success(request, _("草稿已保存，保留 30 天。可以随时回来继续。"))
        return HttpResponseRedirect(reverse("workbench:counter"))
    return HttpResponseRedirect(done.go) if done.go else None


def _form_page(request: ActorRequest, shown: Application, step: str, done: arriving.Outcome) -> HttpResponse:
    bound = bind(shown.spec, step, done.raw, errors=done.errors, known=shown.known, help_with=shown.help(done.raw))
    context = {"step": bound, "news": done.news, "back": shown.before(step), "page_title": bound.title}
    return _page(request, shown, step, "step", context, wrong=bool(done.errors))


def _page(
    request: ActorRequest, shown: Application, current: str, name: str, context: dict[str, Any], *, wrong: bool
) -> HttpResponse:
    context |= {**arriving.around(shown, current), "wrong": wrong}
    return render(request, f"workbench/counter/{name}.html", context, status=422 if wrong else 200)


@permitted(FILE.code)
@READ_WRITE
@never_cache
def materials(request: ActorRequest, key: UUID) -> HttpResponse:
    """The materials: taken from the register, on paper, scanned, or promised in writing."""
    filing = own_filing(request.actor, key)
    if filing.draft.submitted_at is not None:
        return _receipt(filing)
    shown = opened(filing, request.actor, today())
    problems: list[Problem] = []
    if request.method == "POST":
        done, problems = arriving.take_materials(shown, request.POST, request.FILES, at=now())
        gone = _gone(request, done)
        if gone is not None:
            return gone
    rows = arriving.material_rows(shown, shown.plan(), problems)
    context = {
        "rows": [row for row in rows if not row.slot.settled],
        "settled": [row for row in rows if row.slot.settled],
        "problems": problems,
        "back": shown.before("materials"),
        "page_title": _("收取材料"),
    }
    return _page(request, shown, "materials", "materials", context, wrong=bool(problems))


@permitted(FILE.code)
@READ_WRITE
@never_cache
def check(request: ActorRequest, key: UUID) -> HttpResponse:
    """Everything once more for the applicant to confirm, and handing in."""
    filing = own_filing(request.actor, key)
    if filing.draft.submitted_at is not None:
        return _receipt(filing)
    shown = opened(filing, request.actor, today())
    cleaned = shown.clean(None, shown.answers)
    missing = problems = arriving.open_points(shown, cleaned.errors)
    if request.method == "POST" and not problems:
        if "declared" in request.POST:
            try:
                submit_filing(filing=filing, by=request.actor, at=now())
            except ApplicationError as refused:
                problems = [Problem("main", str(refused))]
            else:
                return _receipt(filing)
        else:
            problems = [Problem("declared", _("请申请人当面核对，然后勾选确认"))]
    plan = shown.plan()
    context = {
        "sections": summary(shown.spec, cleaned.values, masked=False, region_name=forms.region_name),
        "change_url": shown.url("apply_step", "_").removesuffix("_/"),
        "rows": arriving.material_rows(shown, plan, []),
        "filing": filing,
        "problems": problems,
        "ready": not missing,
        "back": shown.before("check"),
        "page_title": _("核对并提交"),
    }
    return _page(request, shown, "check", "check", context, wrong=bool(problems) and request.method == "POST")


def _receipt(filing: CounterFiling) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("workbench:counter_done", args=[filing.draft.submission_key]))


@permitted(FILE.code)
@require_safe
@never_cache
def done(request: ActorRequest, key: UUID) -> HttpResponse:
    """Say that it is handed in, and offer the receipt to print."""
    filing = own_filing(request.actor, key)
    return render(request, "workbench/counter/done.html", {"filing": filing, "receipt": receipt_of(filing)})


@permitted(FILE.code)
@require_safe
@never_cache
def receipt(request: ActorRequest, key: UUID) -> HttpResponse:
    """The receipt on one sheet: number, query code, and what was received."""
    filing = own_filing(request.actor, key)
    at: dt.datetime = now()
    context = {
        "filing": filing,
        "receipt": receipt_of(filing),
        "at": at,
        "progress_url": request.build_absolute_uri(reverse("portal:progress")),
    }
    return render(request, "workbench/counter/receipt.html", context)


@permitted(FILE.code)
@require_safe
def file(request: ActorRequest, key: UUID, pk: UUID) -> HttpResponseBase:
    """A file scanned into this filing."""
    filing = own_filing(request.actor, key)
    stored = StoredFile.objects.filter(pk=pk, uploaded_by=filing.draft.account).first()
    if stored is None:
        raise Http404
    return file_response(stored, inline=True)
