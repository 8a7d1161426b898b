"""Where the public is asked and asks: surveys, consultations, interviews. Everything works without script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.surveys.actions.answering import Visitor, answer, form_token, may_answer
from tongban.affairs.surveys.actions.asking import ask
from tongban.affairs.surveys.actions.summarizing import opinions_of
from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Interview, Summary, Survey
from tongban.affairs.surveys.queries import interviews as interview_rows
from tongban.affairs.surveys.queries import surveys as survey_rows
from tongban.affairs.surveys.queries.results import result_of, rows_of, said
from tongban.affairs.surveys.rules.questions import STEP
from tongban.affairs.surveys.rules.stages import Phase, Show, Stage, survey_phase
from tongban.affairs.surveys.wording import DECISIONS
from tongban.foundation.clock.now import now, today
from tongban.foundation.forms.binding import Help, bind
from tongban.foundation.forms.rules import FieldError, clean, raw_from_post
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.keeping import making
from tongban.interfaces.portal.serving.store import Visit
from tongban.interfaces.portal.sites import Here, find, kind_of, site_page, site_render, tags_of
from tongban.interfaces.portal.views.site import listed, siblings

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tongban.engines.publishing.queries import ColumnFrame

GONE = 410
HELP = Help(regions=lambda _within, _level: [], region_name=lambda code: code)
View = Callable[..., HttpResponse]


def fresh_page(*methods: str) -> Callable[[View], View]:
    """Open a page of a site that is made anew each time: forms, and what changes while one looks."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest, *args: Any, site: str = "", **kwargs: Any) -> HttpResponse:
            here = find(request, site)
            if here is None:
                raise Http404
            return view(request, here, *args, **kwargs)

        return public(never_cache(require_http_methods(["GET", "HEAD", *methods])(found)))  # type: ignore[return-value]

    return decorate


def _frame(request: HttpRequest, here: Here, path: str) -> ColumnFrame:
    frame = here.site.by_path.get(path)
    if frame is None:
        raise Http404
    made = making(request)
    made.visit = Visit(here.site.id, frame.id)
    made.uses(columns=[frame.id, frame.source_id])
    return frame


def _where(here: Here, column_id: int) -> ColumnFrame:
    """Return the column of this site that shows what stands in a column."""
    found = here.site.of_source({column_id})
    if not found:
        raise Http404
    return found[0]


def _sources(here: Here) -> set[int]:
    return {column.source_id for column in here.site.columns.values()}


@site_page()
def surveys(request: HttpRequest, here: Here) -> HttpResponse:
    """The column of surveys: what is open, what comes, what has closed."""
    frame = _frame(request, here, "/interaction/surveys/")
    context = {"surveys": survey_rows.listed(frame.source_id, at=now()), "siblings": siblings(here, frame)}
    return site_render(request, here, "portal/talks/surveys.html", context, column=tags_of(frame), frame=frame)


@site_page("page", "before", "after", "n")
def consultations(request: HttpRequest, here: Here) -> HttpResponse:
    """The column of consultations: those that take opinions, those that have closed, and its articles."""
    frame = _frame(request, here, "/interaction/consultations/")
    context = {"surveys": survey_rows.listed(frame.source_id, at=now())}
    return listed(request, here, frame, "portal/talks/consultations.html", context)


@site_page()
def interviews(request: HttpRequest, here: Here) -> HttpResponse:
    """The column of interviews."""
    frame = _frame(request, here, "/interaction/interviews/")
    context = {"interviews": interview_rows.listed(frame.source_id), "siblings": siblings(here, frame)}
    return site_render(request, here, "portal/talks/interviews.html", context, column=tags_of(frame), frame=frame)


def _survey(here: Here, pk: int) -> Survey:
    found = survey_rows.public_survey(pk, _sources(here))
    if found is None:
        raise Http404
    return found


def _tags(frame: ColumnFrame, title: str, intro: str) -> Column:
    return Column(title, intro[:150] or title, frame.keywords or frame.name, kind_of(frame))


def _visitor(request: HttpRequest) -> Visitor:
    return Visitor(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", ""))


def _gone(request: HttpRequest, here: Here, frame: ColumnFrame, row: Survey | Interview) -> HttpResponse:
    context = {"title": said(row.title, row.title_en), "reason": row.withdrawn_reason}
    tags = tags_of(frame)
    return site_render(request, here, "portal/talks/gone.html", context, column=tags, frame=frame, status=GONE)


@fresh_page("POST")
def survey(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """A survey: what it is about, and while it is open the form; everything typed stays when something is wrong."""
    row = _survey(here, pk)
    frame = _where(here, row.column_id)
    if row.stage == Stage.WITHDRAWN:
        return _gone(request, here, frame, row)
    if request.method == "POST":
        return _answered(request, here, row, frame)
    return _survey_page(request, here, row, frame)


def _answered(request: HttpRequest, here: Here, row: Survey, frame: ColumnFrame) -> HttpResponse:
    if row.form_version is None:
        raise Http404
    raw = raw_from_post(row.form_version.definition, STEP, request.POST)
    if "_refresh" in request.POST:
        return _survey_page(request, here, row, frame, raw=raw)
    asked = set(request.POST.get("_shown", "").split())
    wrong = clean(row.form_version.definition, raw, today=today()).errors
    if asked and wrong and not any(error.path in asked for error in wrong):
        return _survey_page(request, here, row, frame, raw=raw, news=True)
    actor = request.actor  # type: ignore[attr-defined]
    try:
        answer(survey=row, raw=raw, token=request.POST.get("token", ""), visitor=_visitor(request), by=actor, at=now())
    except SurveyRefusedError as refused:
        shown = [error for error in refused.errors if not asked or error.path in asked]
        problem = "" if refused.errors else refused.message
        return _survey_page(request, here, row, frame, raw=raw, errors=shown, problem=problem)
    return redirect(f"{here.base}surveys/{row.pk}/thanks/")


def _survey_page(
    request: HttpRequest,
    here: Here,
    row: Survey,
    frame: ColumnFrame,
    *,
    raw: dict[str, Any] | None = None,
    errors: list[FieldError] | None = None,
    problem: str = "",
    news: bool = False,
) -> HttpResponse:
    at = now()
    phase = survey_phase(row.stage, row.opens_at, row.closes_at, at)
    title, intro = said(row.title, row.title_en), said(row.intro, row.intro_en)
    refused = may_answer(row, by=request.actor, at=at)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "survey": row,
        "title": title,
        "intro": intro,
        "phase": phase,
        "problem": problem,
        "news": news,
        "needs_account": refused is not None and refused.code == "account_needed",
    }
    if row.form_version is not None and (refused is None or raw is not None):
        context["step"] = bind(row.form_version.definition, STEP, raw or {}, errors=errors or [], help_with=HELP)
        context["token"] = form_token(f"survey:{row.pk}")
    wrong = bool(problem or errors)
    if wrong:
        context["page_title"] = _("有错误：%(title)s") % {"title": title}
    response = site_render(
        request,
        here,
        "portal/talks/survey.html",
        context,
        column=_tags(frame, title, intro),
        frame=frame,
        status=422 if wrong else 200,
    )
    response.visit = Visit(here.site.id, frame.id)  # type: ignore[attr-defined]
    return response


@fresh_page()
def thanks(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """After an answer."""
    row = _survey(here, pk)
    frame = _where(here, row.column_id)
    title = said(row.title, row.title_en)
    context = {"survey": row, "title": title}
    column = _tags(frame, title, _("感谢参与"))
    return site_render(request, here, "portal/talks/thanks.html", context, column=column, frame=frame)


@site_page()
def results(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """The results of a survey, and of a consultation what became of the opinions."""
    row = _survey(here, pk)
    frame = _where(here, row.column_id)
    making(request).uses(columns=[frame.id, frame.source_id])
    if row.stage == Stage.WITHDRAWN:
        return _gone(request, here, frame, row)
    summary = Summary.objects.filter(survey=row, stage=Stage.PUBLISHED).first()
    if row.results_at is None and summary is None:
        raise Http404
    title = said(row.title, row.title_en)
    result = result_of(row)
    context = {
        "survey": row,
        "title": title,
        "answers": result.answers,
        "rows": rows_of(row, result, public=True) if row.results_at is not None else [],
        "running": survey_phase(row.stage, row.opens_at, row.closes_at, now()) is Phase.OPEN,
        "summary": summary,
        "opinions": [(each, DECISIONS[each.decision]) for each in opinions_of(summary)] if summary else [],
    }
    column = _tags(frame, title, _("“%(title)s”的结果") % {"title": title})
    return site_render(request, here, "portal/talks/results.html", context, column=column, frame=frame)


def _interview(here: Here, pk: int) -> Interview:
    found = interview_rows.public_interview(pk, _sources(here))
    if found is None:
        raise Http404
    return found


@fresh_page("POST")
def interview(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """An interview: announcement, questions, and the text as it grows. Never kept, so never old."""
    row = _interview(here, pk)
    frame = _where(here, row.column_id)
    if row.stage == Stage.WITHDRAWN:
        return _gone(request, here, frame, row)
    if request.method != "POST":
        return _interview_page(request, here, row, frame)
    typed = {name: request.POST.get(name, "") for name in ("name", "text")}
    actor, token = request.actor, request.POST.get("token", "")  # type: ignore[attr-defined]
    try:
        ask(interview=row, **typed, token=token, visitor=_visitor(request), by=actor, at=now())
    except SurveyRefusedError as refused:
        return _interview_page(request, here, row, frame, typed=typed, problem=refused.message)
    return redirect(f"{here.base}interviews/{row.pk}/?asked=1#ask")


def _interview_page(
    request: HttpRequest,
    here: Here,
    row: Interview,
    frame: ColumnFrame,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
) -> HttpResponse:
    phase = interview_rows.phase_of(row)
    title, intro = said(row.title, row.title_en), said(row.intro, row.intro_en)
    asks = phase in (Show.ANNOUNCED, Show.LIVE)
    lines = list(interview_rows.lines_of(row)) if phase is not Show.ANNOUNCED else []
    context = {
        "interview": row,
        "title": title,
        "intro": intro,
        "phase": phase,
        "lines": lines,
        "last": lines[-1].number if lines else 0,
        "questions": list(interview_rows.open_questions(row)),
        "asks": asks,
        "asked": "asked" in request.GET,
        "token": form_token(f"interview:{row.pk}") if asks else "",
        "typed": typed or {},
        "problem": problem,
    }
    if problem:
        context["page_title"] = _("有错误：%(title)s") % {"title": title}
    response = site_render(
        request,
        here,
        "portal/talks/interview.html",
        context,
        column=_tags(frame, title, intro),
        frame=frame,
        status=422 if problem else 200,
    )
    response.visit = Visit(here.site.id, frame.id)  # type: ignore[attr-defined]
    return response


@public
@never_cache
@require_safe
def lines(request: HttpRequest, pk: int, site: str = "") -> HttpResponse:
    """The passages after a number, for the page that asks for more every few seconds; ``X-Live`` says whether it goes on."""
    here = find(request, site)
    if here is None:
        raise Http404
    row = _interview(here, pk)
    phase = interview_rows.phase_of(row)
    if phase not in (Show.LIVE, Show.ENDED, Show.PUBLISHED):
        raise Http404
    number = request.GET.get("after", "0")
    after = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    found = interview_rows.lines_of(row, after=after)
    response = HttpResponse(render_to_string("portal/talks/lines.html", {"lines": found}))
    response["X-Live"] = "1" if phase is Show.LIVE else "0"
    return response
