"""Interviews at the desk: the announcement, the questions that come in, the running text, the transcript."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.affairs.surveys.actions.asking import approve_question, decline_question
from tongban.affairs.surveys.actions.base import findings
from tongban.affairs.surveys.actions.interviewing import (
    answer_question,
    begin_interview,
    change_interview,
    interview_findings,
    say,
)
from tongban.affairs.surveys.actions.transcribing import Passage, save_transcript, transcript_findings
from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Interview, InterviewLine, InterviewQuestion
from tongban.affairs.surveys.permissions import EDIT, VIEW
from tongban.affairs.surveys.queries.interviews import interviews_of, phase_of, waiting_for
from tongban.affairs.surveys.rules.stages import Show, Stage
from tongban.affairs.surveys.wording import ACT_TITLES
from tongban.engines.publishing.wording import finding_text
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.foundation.organizations.permissions import NotAllowedError, allows, visible
from tongban.interfaces.workbench.editing.survey_forms import InterviewForm, interview_initial
from tongban.interfaces.workbench.survey_acts import interview_offers, perform

PAGE = 30


def one(request: ActorRequest, key: int) -> Interview:
    """Return an interview the actor may see.

    :raises Http404: else
    """
    row = interviews_of(request.actor).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


@permitted(VIEW.code)
@require_safe
@never_cache
def interviews(request: ActorRequest) -> HttpResponse:
    """List what waits for the actor, or everything he may see."""
    view = request.GET.get("view", "")
    rows = interviews_of(request.actor)
    if view != "all":
        rows = rows.filter(pk__in=waiting_for(request.actor).order_by().values("pk"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [(row, phase_of(row)) for row in page]
    context = {"view": view, "page": page, "lines": lines, "edits": allows(request.actor, EDIT.code)}
    return render(request, "workbench/surveys/interviews.html", context)


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: ActorRequest) -> HttpResponseBase:
    """Prepare an interview."""
    form = InterviewForm(request.actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_interview(plan=form.plan(), by=request.actor, at=now())
        except SurveyRefusedError as refused:
            form.add_error(None, refused.message)
        else:
            return redirect("workbench:interview", key=made.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/surveys/interview_about.html", {"form": form}, status=status)


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: ActorRequest, key: int) -> HttpResponseBase:
    """Change what will be announced."""
    row = one(request, key)
    form = InterviewForm(request.actor, request.POST or None, initial=interview_initial(row))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_interview(interview=row, plan=form.plan(), version=version, by=request.actor, at=now())
        except SurveyRefusedError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("已保存。"))
            return redirect("workbench:interview", key=key)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/surveys/interview_about.html", {"form": form, "interview": row}, status=status)


@permitted(VIEW.code)
@require_safe
@never_cache
def interview(request: ActorRequest, key: int) -> HttpResponse:
    """Show an interview: what came in, what was said, what can be done."""
    return _page(request, one(request, key))


def _page(
    request: ActorRequest, row: Interview, *, problem: str = "", tried: str = "", data: Any = None, status: int = 200
) -> HttpResponse:
    at, phase = now(), phase_of(row)
    found = interview_findings(row, at=at) if row.stage in (Stage.DRAFT, Stage.REVIEW) else []
    if phase is Show.ENDED:
        found = transcript_findings(row, at=at)
    edits = allows(request.actor, EDIT.code, row)
    waiting = row.questions.filter(state=InterviewQuestion.State.WAITING)
    context = {
        "interview": row,
        "phase": phase,
        "offers": [
            (each, each.build(data if each.code == tried else None), each.code == tried)
            for each in interview_offers(row, request.actor)
        ],
        "problem": problem,
        "tried": tried,
        "typed": data or {},
        "findings": [(each, finding_text(each)) for each in found],
        "writable": row.stage == Stage.DRAFT and edits,
        "moderates": edits and phase in (Show.ANNOUNCED, Show.LIVE),
        "speaks": edits and phase is Show.LIVE,
        "transcribes": edits and phase is Show.ENDED and row.transcript_stage == Stage.DRAFT,
        "waiting": [
            (each, [finding_text(one) for one in findings([each.name, each.text], column=row.column, at=at)])
            for each in waiting[:100]
        ],
        "approved": row.questions.filter(state=InterviewQuestion.State.APPROVED),
        "declined": row.questions.filter(state=InterviewQuestion.State.DECLINED),
        "lines": row.lines.filter(dropped=False),
        "speakers": [row.host, *(guest.partition("，")[0] for guest in row.people)],
        "events": [
            (event, ACT_TITLES.get((event.part, event.act), event.act)) for event in row.events.order_by("-pk")[:60]
        ],
    }
    return render(request, "workbench/surveys/interview.html", context, status=status)


@permitted(VIEW.code)
@require_POST
def act(request: ActorRequest, key: int, code: str) -> HttpResponseBase:
    """Do one of the offered acts."""
    row, at = one(request, key), now()
    offer = next((each for each in interview_offers(row, request.actor) if each.code == code), None)
    if offer is None:
        return _page(
            request, row, problem=_("已经不在这个环节，或者您不能这样办理。页面已更新，请再看一遍。"), status=422
        )
    form = offer.build(request.POST)
    if form is not None and not form.is_valid():
        return _page(request, row, tried=code, data=request.POST, status=422)
    try:
        perform(row, code, by=request.actor, at=at, values=form.cleaned_data if form is not None else {})
    except SurveyRefusedError as refused:
        return _page(request, one(request, key), problem=refused.message, tried=code, data=request.POST, status=422)
    except NotAllowedError as refused:
        return _page(request, one(request, key), problem=refused.reason, status=422)
    messages.success(request, _("已办：%(act)s") % {"act": offer.title})
    return redirect("workbench:interview", key=key)


@permitted(EDIT.code)
@require_POST
def speak(request: ActorRequest, key: int) -> HttpResponseBase:
    """Add a passage to the running text."""
    row = get_object_or_404(visible(request.actor, EDIT.code, Interview.objects.all()), pk=key)
    speaker = request.POST.get("speaker", "")
    kind = InterviewLine.Kind.HOST if speaker == row.host else InterviewLine.Kind.GUEST
    try:
        say(
            interview=row, kind=kind, speaker=speaker, text=request.POST.get("text", ""), by=request.actor, at=now(),
            seen_findings=bool(request.POST.get("seen")),
        )  # fmt: skip
    except SurveyRefusedError as refused:
        return _page(request, one(request, key), problem=refused.message, tried="say", data=request.POST, status=422)
    return redirect("workbench:interview", key=key)


@permitted(EDIT.code)
@require_POST
def question(request: ActorRequest, key: int, number: int) -> HttpResponseBase:
    """Let a question be seen, decline it, or answer it."""
    rows = visible(request.actor, EDIT.code, Interview.objects.all())
    row = get_object_or_404(InterviewQuestion.objects.select_related("interview"), pk=number, interview__in=rows)
    if row.interview_id != key:
        raise Http404
    post, by, at = request.POST, request.actor, now()
    seen = bool(post.get("seen"))
    try:
        if "approve" in post:
            approve_question(question=row, shown_text=post.get("text", ""), by=by, at=at, seen_findings=seen)
        elif "answer" in post:
            speaker, text = post.get("speaker", ""), post.get("text", "")
            answer_question(question=row, speaker=speaker, text=text, by=by, at=at, seen_findings=seen)
        else:
            decline_question(question=row, reason=post.get("reason", ""), by=by, at=at)
    except SurveyRefusedError as refused:
        return _page(request, one(request, key), problem=refused.message, tried=f"q{number}", data=post, status=422)
    return redirect("workbench:interview", key=key)


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def transcript(request: ActorRequest, key: int) -> HttpResponseBase:
    """Put the text in order after the end."""
    row = get_object_or_404(visible(request.actor, EDIT.code, Interview.objects.all()), pk=key)
    problem, lines = "", list(row.lines.all())
    if request.method == "POST":
        post = request.POST
        passages = {
            line.number: Passage(post.get(f"text-{line.number}", line.edited), f"drop-{line.number}" in post)
            for line in lines
        }
        try:
            save_transcript(interview=row, passages=passages, by=request.actor, at=now())
        except SurveyRefusedError as refused:
            problem = refused.message
            for line in lines:
                line.edited, line.dropped = passages[line.number].text, passages[line.number].dropped
        else:
            messages.success(request, _("已保存。"))
            return redirect("workbench:interview", key=key)
    context = {"interview": row, "lines": lines, "problem": problem}
    return render(request, "workbench/surveys/transcript.html", context, status=422 if problem else 200)
