"""The questions of a survey, built on pages: add, order, change, remove, look at it as readers will. No script needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.affairs.surveys.actions.building import set_questions
from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Survey
from tongban.affairs.surveys.permissions import EDIT, VIEW
from tongban.affairs.surveys.rules.questions import (
    KINDS,
    STEP,
    Kind,
    Question,
    build,
    mistakes,
    moved,
    next_id,
    placed,
    without,
)
from tongban.affairs.surveys.rules.stages import Stage
from tongban.affairs.surveys.wording import KIND_TITLES, mistake_text
from tongban.foundation.clock.now import now
from tongban.foundation.forms.binding import Help, bind
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.workbench.editing.survey_forms import QuestionForm, question_initial
from tongban.interfaces.workbench.views.surveys import one

HELP = Help(regions=lambda _within, _level: [], region_name=lambda code: code)


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def questions(request: ActorRequest, key: int) -> HttpResponseBase:
    """Show the questions in their order; a button moves or removes one."""
    row, problem = one(request, key), ""
    if row.stage != Stage.DRAFT and request.method != "POST":
        return redirect("workbench:survey", key=key)
    if request.method == "POST":
        try:
            _rearrange(request, row)
        except SurveyRefusedError as refused:
            problem = refused.message
        else:
            return redirect("workbench:survey_questions", key=key)
    wrong = mistakes(row.asked)
    context = {
        "survey": row,
        "questions": [
            (number, each, KIND_TITLES[each.kind], [mistake_text(m) for m in wrong if m.number == number])
            for number, each in enumerate(row.asked, 1)
        ],
        "kinds": [(kind, KIND_TITLES[kind]) for kind in KINDS],
        "problem": problem,
    }
    return render(request, "workbench/surveys/questions.html", context, status=422 if problem else 200)


def _version(request: ActorRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _rearrange(request: ActorRequest, row: Survey) -> None:
    asked = row.asked
    for name, by in (("up", -1), ("down", 1)):
        if name in request.POST:
            asked = moved(asked, request.POST[name], by)
    if "remove" in request.POST:
        asked = without(asked, request.POST["remove"])
    set_questions(survey=row, questions=asked, version=_version(request), by=request.actor, at=now())


@permitted(EDIT.code)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def question(request: ActorRequest, key: int, question: str = "") -> HttpResponseBase:
    """Write one question, a new one or one that is there."""
    row = one(request, key)
    if row.stage != Stage.DRAFT and request.method != "POST":
        return redirect("workbench:survey", key=key)
    held = next((each for each in row.asked if each.id == question), None)
    if question and held is None:
        raise Http404
    kind = held.kind if held else _kind(request)
    initial: dict[str, Any] = question_initial(held) if held else {"required": True, "points": 5}
    before = _before(row.asked, question)
    form = QuestionForm(kind, before, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = form.question(question or next_id(row.asked), kind)
        try:
            set_questions(
                survey=row, questions=placed(row.asked, made), version=_version(request), by=request.actor, at=now()
            )
        except SurveyRefusedError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("题目已保存。"))
            return redirect("workbench:survey_questions", key=key)
    context = {"survey": row, "form": form, "kind": kind, "kind_title": KIND_TITLES[kind], "question": held}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "workbench/surveys/question.html", context, status=status)


def _kind(request: ActorRequest) -> Kind:
    given = request.GET.get("kind", "")
    return next((kind for kind in KINDS if kind == given), KINDS[0])


def _before(asked: Sequence[Question], question: str) -> list[Question]:
    found: list[Question] = []
    for each in asked:
        if each.id == question:
            break
        found.append(each)
    return found


@permitted(VIEW.code)
@require_safe
@never_cache
def preview(request: ActorRequest, key: int) -> HttpResponse:
    """Show the form as readers will see it."""
    row = one(request, key)
    wrong = [mistake_text(each) for each in mistakes(row.asked)]
    step = None
    if not wrong:
        spec = build(f"survey_{row.pk}", row.title, row.title_en, row.asked)
        step = bind(spec, STEP, {}, help_with=HELP)
    conditional = [each.title for each in row.asked if each.when] if step else []
    context = {"survey": row, "step": step, "mistakes": wrong, "conditional": conditional}
    return render(request, "workbench/surveys/preview.html", context)
