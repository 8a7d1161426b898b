"""An editor builds a survey: what it is about, and its questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from tongban.affairs.surveys.actions.base import locked, moved, note
from tongban.affairs.surveys.models import Survey
from tongban.affairs.surveys.permissions import EDIT, VIEW
from tongban.affairs.surveys.rules.questions import MOST_QUESTIONS, Question, plain
from tongban.affairs.surveys.rules.stages import Act, Stage
from tongban.affairs.surveys.wording import refuse
from tongban.engines.publishing.models import Article, Column
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import require

COLUMNS = ("interaction.surveys", "interaction.consultations")
"""Columns of the scheme that take surveys."""
OPINION = {
    "id": "q1",
    "kind": "long",
    "title": "您的意见和理由",
    "title_en": "Your opinion and your reasons",
    "hint": "请写明针对哪一条。请不要写姓名、电话等个人信息。",
    "hint_en": "Say which article it is about. Leave out names, phone numbers and other personal data.",
}
"""What a consultation asks to begin with."""


@dataclass(frozen=True, slots=True)
class About:
    """What a survey is about; everything but its questions."""

    kind: str
    column: Column
    title: str
    intro: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    unit: Unit
    title_en: str = ""
    intro_en: str = ""
    who: str = Survey.Who.ANYONE
    results: str = Survey.Results.CLOSING
    article: Article | None = None


def _check(about: About) -> None:
    if about.closes_at <= about.opens_at:
        raise refuse("times_crossed")
    if about.column.scheme_code not in COLUMNS or not about.column.is_open or about.column.mirror_of_id:
        raise refuse("wrong_column")
    if about.kind == Survey.Kind.CONSULTATION and (
        about.article is None or about.article.status != Article.Status.PUBLISHED
    ):
        raise refuse("article_missing")


def _put(survey: Survey, about: About) -> None:
    for name in About.__dataclass_fields__:
        setattr(survey, name, getattr(about, name))
    if about.kind == Survey.Kind.QUESTIONNAIRE:
        survey.article = None


@transaction.atomic
def begin_survey(*, about: About, by: Actor, at: dt.datetime) -> Survey:
    """Begin a survey in a column; a consultation begins with one question for opinions.

    :raises NotAllowedError: if the actor does not edit the column
    :raises SurveyRefusedError: ``times_crossed``, ``wrong_column``, ``article_missing``
    """
    _check(about)
    survey = Survey(created_at=at)
    _put(survey, about)
    survey.questions = [OPINION] if about.kind == Survey.Kind.CONSULTATION else []
    survey.save()
    require(by, EDIT.code, survey)
    note(survey, "survey", Act.SAVE, by=by, at=at)
    return survey


def _writable(survey: Survey, version: int | None, by: Actor) -> Survey:
    row = locked(survey)
    require(by, EDIT.code, row)
    moved(row.stage, Act.SAVE)
    if version is not None and version != row.version:
        raise refuse("conflict")
    row.version += 1
    return row


@transaction.atomic
def change_survey(*, survey: Survey, about: About, version: int | None, by: Actor, at: dt.datetime) -> Survey:
    """Change what a survey is about while it is being built.

    :param version: the one the editor saw; another one means that someone else changed it meanwhile
    :raises SurveyRefusedError: as for :func:`begin_survey`, and ``fixed``, ``conflict``
    """
    row = _writable(survey, version, by)
    _check(about)
    _put(row, about)
    row.save()
    require(by, EDIT.code, row)
    note(row, "survey", Act.SAVE, by=by, at=at)
    return row


@transaction.atomic
def set_questions(
    *, survey: Survey, questions: Sequence[Question], version: int | None, by: Actor, at: dt.datetime
) -> Survey:
    """Keep the questions as they stand, right or not; mistakes are asked for before review.

    :raises SurveyRefusedError: ``fixed`` once sent to review or published, ``conflict``, ``most_questions``
    """
    row = _writable(survey, version, by)
    if len(questions) > MOST_QUESTIONS:
        raise refuse("most_questions")
    row.questions = plain(questions)
    row.save(update_fields=["questions", "version"])
    note(row, "survey", Act.SAVE, by=by, at=at)
    return row


@transaction.atomic
def copy_survey(*, survey: Survey, by: Actor, at: dt.datetime) -> Survey:
    """Begin a new survey with the questions of another: the way to a new version of a published one."""
    require(by, VIEW.code, survey)
    length = survey.closes_at - survey.opens_at
    start = max(at, survey.opens_at)
    made = Survey.objects.create(
        kind=survey.kind,
        column=survey.column,
        unit=survey.unit,
        title=survey.title,
        title_en=survey.title_en,
        intro=survey.intro,
        intro_en=survey.intro_en,
        article=survey.article,
        questions=survey.questions,
        who=survey.who,
        results=survey.results,
        opens_at=start,
        closes_at=start + length,
        stage=Stage.DRAFT,
        created_at=at,
    )
    require(by, EDIT.code, made)
    note(made, "survey", Act.SAVE, by=by, at=at)
    return made
