"""Surveys at the desk: lists, one survey with what can be done, comments, what became of the opinions, files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.affairs.surveys.actions.base import findings
from tongban.affairs.surveys.actions.building import begin_survey, change_survey
from tongban.affairs.surveys.actions.deciding import survey_findings
from tongban.affairs.surveys.actions.moderating import hide_comment, show_comment
from tongban.affairs.surveys.actions.summarizing import opinions_of, save_summary, summary_findings
from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Comment, Summary, Survey
from tongban.affairs.surveys.permissions import EDIT, EXPORT, VIEW
from tongban.affairs.surveys.queries.results import result_of, rows_of, sheet_heads, sheet_rows
from tongban.affairs.surveys.queries.surveys import comments_of, surveys_of, waiting_for
from tongban.affairs.surveys.rules.opinions import Opinion
from tongban.affairs.surveys.rules.questions import mistakes
from tongban.affairs.surveys.rules.stages import Phase, Stage, survey_phase
from tongban.affairs.surveys.wording import ACT_TITLES, DECISIONS, mistake_text
from tongban.engines.publishing.wording import finding_text
from tongban.foundation.clock.now import local_date, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import NotAllowedError, allows, visible
from tongban.interfaces.workbench.editing.survey_forms import SurveyForm, survey_initial
from tongban.interfaces.workbench.survey_acts import perform, survey_offers
from tongban.interfaces.workbench.tables import FORMATS, table

PAGE = 30
MOST_OPINIONS = 60
SPARE = 3
"""Empty lines offered for further opinions."""
PHASES = {
    Phase.ANNOUNCED: gettext_lazy("即将开始"),
    Phase.OPEN: gettext_lazy("正在进行"),
    Phase.CLOSED: gettext_lazy("已经截止"),
}


def one(request: ActorRequest, key: int) -> Survey:
    """Return a survey the actor may see.

    :raises Http404: else
    """
    row = surveys_of(request.actor).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


@permitted(VIEW.code)
@require_safe
@never_cache
def surveys(request: ActorRequest) -> HttpResponse:
    """List what waits for the actor, or everything he may see."""
    view, at = request.GET.get("view", ""), now()
    rows = surveys_of(request.actor)
    if view != "all":
        rows = rows.filter(pk__in=waiting_for(request.actor).order_by().values("pk"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today = local_date(at)
    lines = [(row, survey_phase(row.stage, row.opens_at, row.closes_at, at), _light(row, today)) for row in page]
    context = {"view": view, "page": page, "lines": lines, "edits": allows(request.actor, EDIT.code)}
    return render(request, "workbench/surveys/list.html", context)


def _light(row: Survey, today: Any) -> str:
    owed = row.summary_due_on is not None and not Summary.objects.filter(survey=row, stage=Stage.PUBLISHED).exists()
    if not owed or row.summary_due_on is None:
        return ""
    return "red" if row.summary_due_on < today else "amber"


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: ActorRequest) -> HttpResponseBase:
    """Begin a survey."""
    form = SurveyForm(request.actor, request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_survey(about=form.about(), by=request.actor, at=now())
        except SurveyRefusedError as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("workbench:survey_questions", key=made.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/surveys/about.html", {"form": form}, status=status)


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: ActorRequest, key: int) -> HttpResponseBase:
    """Change what a survey is about."""
    row = one(request, key)
    form = SurveyForm(request.actor, request.POST or None, initial=survey_initial(row))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_survey(survey=row, about=form.about(), version=version, by=request.actor, at=now())
        except SurveyRefusedError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("已保存。"))
            return redirect("workbench:survey", key=key)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/surveys/about.html", {"form": form, "survey": row}, status=status)


@permitted(VIEW.code)
@require_safe
@never_cache
def survey(request: ActorRequest, key: int) -> HttpResponse:
    """Show a survey with what can be done."""
    return _page(request, one(request, key))


def _page(
    request: ActorRequest, row: Survey, *, problem: str = "", tried: str = "", data: Any = None, status: int = 200
) -> HttpResponse:
    at = now()
    offers = survey_offers(row, request.actor, at=at)
    summary = Summary.objects.filter(survey=row).first()
    result = result_of(row)
    found = survey_findings(row, at=at) if row.stage in (Stage.DRAFT, Stage.REVIEW) else []
    if summary is not None and summary.stage == Stage.REVIEW:
        found = summary_findings(row, summary, at=at)
    context = {
        "survey": row,
        "phase": PHASES.get(survey_phase(row.stage, row.opens_at, row.closes_at, at), ""),
        "offers": [(each, each.build(data if each.code == tried else None), each.code == tried) for each in offers],
        "problem": problem,
        "mistakes": [mistake_text(each) for each in mistakes(row.asked)],
        "findings": [(each, finding_text(each)) for each in found],
        "writable": row.stage == Stage.DRAFT and allows(request.actor, EDIT.code, row),
        "rows": rows_of(row, result, public=False) if result.answers else [],
        "answers": result.answers,
        "exports": allows(request.actor, EXPORT.code, row),
        "waiting": row.comments.filter(state=Comment.State.WAITING).count(),
        "summary": summary,
        "opinions": [(each, DECISIONS[each.decision]) for each in opinions_of(summary)] if summary else [],
        "owes": row.summary_due_on is not None,
        "light": _light(row, local_date(at)),
        "events": [
            (event, ACT_TITLES.get((event.part, event.act), event.act)) for event in row.events.order_by("-pk")[:60]
        ],
    }
    return render(request, "workbench/surveys/survey.html", context, status=status)


@permitted(VIEW.code)
@require_POST
def act(request: ActorRequest, key: int, code: str) -> HttpResponseBase:
    """Do one of the offered acts; a refusal shows the page again with everything typed."""
    row, at = one(request, key), now()
    offer = next((each for each in survey_offers(row, request.actor, at=at) if each.code == code), None)
    if offer is None:
        return _page(
            request, row, problem=_("已经不在这个环节，或者您不能这样办理。页面已更新，请再看一遍。"), status=422
        )
    form = offer.build(request.POST)
    if form is not None and not form.is_valid():
        return _page(request, row, tried=code, data=request.POST, status=422)
    try:
        made = perform(row, code, by=request.actor, at=at, values=form.cleaned_data if form is not None else {})
    except SurveyRefusedError as refused:
        return _page(request, one(request, key), problem=refused.message, tried=code, data=request.POST, status=422)
    except NotAllowedError as refused:
        return _page(request, one(request, key), problem=refused.reason, status=422)
    messages.success(request, _("已办：%(act)s") % {"act": offer.title})
    return redirect("workbench:survey", key=made.pk if code == "copy" else key)


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def comments(request: ActorRequest, key: int) -> HttpResponseBase:
    """Read the free words and decide which are shown."""
    row = get_object_or_404(visible(request.actor, EDIT.code, Survey.objects.select_related("column__site")), pk=key)
    problem, tried = "", ""
    if request.method == "POST":
        tried = request.POST.get("comment", "")
        try:
            _decide(request, row, tried)
        except SurveyRefusedError as refused:
            problem = refused.message
        else:
            return redirect(request.get_full_path())
    view = request.GET.get("view", "")
    state = {"": Comment.State.WAITING, "shown": Comment.State.SHOWN, "hidden": Comment.State.HIDDEN}.get(view, "")
    page = Paginator(comments_of(row, state=state), PAGE).get_page(request.GET.get("page"))
    titles = {each.id: each.title for each in row.asked}
    lines = [
        (
            each,
            titles.get(each.question, ""),
            [finding_text(f) for f in findings([each.text], column=row.column, at=now())],
        )
        for each in page
    ]
    context = {"survey": row, "page": page, "lines": lines, "view": view, "problem": problem, "tried": tried}
    return render(request, "workbench/surveys/comments.html", context, status=422 if problem else 200)


def _decide(request: ActorRequest, row: Survey, key: str) -> None:
    comment = next((each for each in comments_of(row) if str(each.pk) == key), None)
    if comment is None:
        raise Http404
    if "show" in request.POST:
        seen = bool(request.POST.get("seen"))
        show_comment(comment=comment, by=request.actor, at=now(), seen_findings=seen)
    else:
        hide_comment(comment=comment, reason=request.POST.get("reason", ""), by=request.actor, at=now())


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def summary(request: ActorRequest, key: int) -> HttpResponseBase:
    """Write what became of the opinions; empty lines are left out, more are offered after saving."""
    row = get_object_or_404(visible(request.actor, EDIT.code, Survey.objects.all()), pk=key)
    held = Summary.objects.filter(survey=row).first()
    lines: list[dict[str, Any]] = [each.model_dump() for each in opinions_of(held)] if held else []
    text, problem = held.text if held else "", ""
    if request.method == "POST":
        text, lines = request.POST.get("text", ""), _typed(request)
        try:
            items = [Opinion.model_validate(line) for line in lines]
            save_summary(survey=row, text=text, items=items, by=request.actor, at=now())
        except SurveyRefusedError as refused:
            problem = refused.message
        except ValueError:
            problem = _("意见和理由各不超过 600 字，提出人数写整数。")
        else:
            messages.success(request, _("已保存。"))
            more = "more" in request.POST
            return redirect("workbench:survey_summary" if more else "workbench:survey", key=key)
    spare = {"opinion": "", "count": 1, "decision": "adopted", "reason": ""}
    context = {
        "survey": row,
        "text": text,
        "lines": [*lines, *(spare for _n in range(SPARE))],
        "decisions": list(DECISIONS.items()),
        "problem": problem,
    }
    return render(request, "workbench/surveys/summary.html", context, status=422 if problem else 200)


def _typed(request: ActorRequest) -> list[dict[str, Any]]:
    names = ("opinion", "count", "decision", "reason")
    columns = [request.POST.getlist(name)[:MOST_OPINIONS] for name in names]
    rows = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=False)]
    return [line for line in rows if line["opinion"].strip()]


@permitted(EXPORT.code)
@require_safe
@never_cache
def export(request: ActorRequest, key: int, kind: str) -> HttpResponseBase:
    """Give all answers of a survey to its unit."""
    row = get_object_or_404(visible(request.actor, EXPORT.code, Survey.objects.all()), pk=key)
    if kind not in FORMATS:
        raise Http404
    return table(f"survey-{row.pk}", row.title, sheet_heads(row), sheet_rows(row), kind=kind)
