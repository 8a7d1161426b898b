"""A survey's way to the public: review by someone else, publication, change of the period, withdrawal, results."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.affairs.surveys.actions.base import (
    findings,
    locked,
    moved,
    must_be_another,
    must_pass,
    new_gate,
    note,
    reason_of,
    shut,
    told,
)
from tongban.affairs.surveys.actions.closing import close
from tongban.affairs.surveys.models import Survey
from tongban.affairs.surveys.permissions import EDIT, PUBLISH, REVIEW
from tongban.affairs.surveys.rules.questions import build, mistakes
from tongban.affairs.surveys.rules.stages import Act, Phase, Stage, survey_phase
from tongban.affairs.surveys.wording import refuse
from tongban.engines.publishing.rules.checks import Finding
from tongban.foundation.forms.actions import publish_form
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require


def texts_of(survey: Survey) -> list[str]:
    """Return every text of a survey that the public reads."""
    found = [survey.title, survey.title_en, survey.intro, survey.intro_en]
    for question in survey.asked:
        found += [question.title, question.title_en, question.hint, question.hint_en]
        found += [text for choice in question.choices for text in (choice.title, choice.title_en)]
    return found


def survey_findings(survey: Survey, *, at: dt.datetime) -> list[Finding]:
    """Return what the checks before publication find, for the reviewer to see."""
    return findings(texts_of(survey), column=survey.column, at=at)


@transaction.atomic
def send_survey(*, survey: Survey, by: Actor, at: dt.datetime) -> Survey:
    """Hand a survey over to the reviewer.

    :raises SurveyRefusedError: ``not_ready`` while questions have mistakes, ``past_close``, ``wrong_stage``
    """
    row = locked(survey)
    require(by, EDIT.code, row)
    row.stage = moved(row.stage, Act.SEND)
    if mistakes(row.asked):
        raise refuse("not_ready")
    if row.closes_at <= at:
        raise refuse("past_close")
    row.save(update_fields=["stage"])
    note(row, "survey", Act.SEND, by=by, at=at)
    return row


@transaction.atomic
def return_survey(*, survey: Survey, reason: str, by: Actor, at: dt.datetime) -> Survey:
    """Give a survey back to be built further; the reviewer, or the publisher of an approved one."""
    row = locked(survey)
    require(by, (PUBLISH if row.stage == Stage.APPROVED else REVIEW).code, row)
    row.stage = moved(row.stage, Act.SEND_BACK)
    row.save(update_fields=["stage"])
    note(row, "survey", Act.SEND_BACK, by=by, at=at, reason=reason_of(reason))
    return row


@transaction.atomic
def approve_survey(*, survey: Survey, by: Actor, at: dt.datetime, seen_findings: bool = False) -> Survey:
    """Approve a survey that someone else built.

    :raises SurveyRefusedError: ``own_text``, ``blocking_findings``, ``unseen_findings``, ``wrong_stage``
    """
    row = locked(survey)
    require(by, REVIEW.code, row)
    stage = moved(row.stage, Act.APPROVE)
    must_be_another(row, "survey", by)
    must_pass(survey_findings(row, at=at), seen=seen_findings)
    row.stage = stage
    row.save(update_fields=["stage"])
    note(row, "survey", Act.APPROVE, by=by, at=at)
    return row


@transaction.atomic
def publish_survey(*, survey: Survey, by: Actor, at: dt.datetime) -> Survey:
    """Publish an approved survey: its questions become an immutable form, its key is made; it opens by itself.

    :raises SurveyRefusedError: ``past_close``, ``wrong_stage``
    """
    row = locked(survey)
    require(by, PUBLISH.code, row)
    row.stage = moved(row.stage, Act.PUBLISH)
    if row.closes_at <= at:
        raise refuse("past_close")
    spec = build(f"survey_{row.pk}", row.title, row.title_en, row.asked)
    row.form_version, _new = publish_form(spec=spec, at=at)
    row.gate = new_gate()
    row.published_at = at
    row.opened_at = at if row.opens_at <= at else None
    row.save()
    note(row, "survey", Act.PUBLISH, by=by, at=at)
    told(row, at=at)
    return row


@transaction.atomic
def extend_survey(*, survey: Survey, closes_at: dt.datetime, reason: str, by: Actor, at: dt.datetime) -> Survey:
    """Let a survey stay open longer; the reason is kept.

    :raises SurveyRefusedError: ``not_later``, ``wrong_stage`` if it is not public or has closed
    """
    row = locked(survey)
    require(by, PUBLISH.code, row)
    if survey_phase(row.stage, row.opens_at, row.closes_at, at) not in (Phase.ANNOUNCED, Phase.OPEN):
        raise refuse("wrong_stage")
    if closes_at <= max(row.closes_at, at):
        raise refuse("not_later")
    row.closes_at = closes_at
    row.save(update_fields=["closes_at"])
    note(row, "survey", "extend", by=by, at=at, reason=reason_of(reason))
    told(row, at=at)
    return row


@transaction.atomic
def close_survey(*, survey: Survey, reason: str, by: Actor, at: dt.datetime) -> Survey:
    """Close an open survey before its time.

    :raises SurveyRefusedError: ``wrong_stage`` if it is not open
    """
    row = locked(survey)
    require(by, PUBLISH.code, row)
    if survey_phase(row.stage, row.opens_at, row.closes_at, at) is not Phase.OPEN or row.opens_at >= at:
        raise refuse("wrong_stage")
    row.closes_at = at
    close(row, by=by, at=at, reason=reason_of(reason))
    return row


@transaction.atomic
def withdraw_survey(*, survey: Survey, reason: str, by: Actor, at: dt.datetime) -> Survey:
    """Take a survey from the public; its key is destroyed, its answers stay with the unit."""
    row = locked(survey)
    require(by, PUBLISH.code, row)
    row.stage = moved(row.stage, Act.WITHDRAW)
    row.withdrawn_reason = reason_of(reason)
    row.save(update_fields=["stage", "withdrawn_reason"])
    shut(row.gate, at=at)
    note(row, "survey", Act.WITHDRAW, by=by, at=at, reason=reason)
    told(row, at=at)
    return row


@transaction.atomic
def publish_results(*, survey: Survey, by: Actor, at: dt.datetime) -> Survey:
    """Show the results to the public, before the close too.

    :raises SurveyRefusedError: ``results_early`` without any answer, ``wrong_stage``
    """
    row = locked(survey)
    require(by, PUBLISH.code, row)
    if row.stage != Stage.PUBLISHED or row.results_at is not None:
        raise refuse("wrong_stage")
    if not row.answers.exists():
        raise refuse("results_early")
    row.results_at = at
    row.save(update_fields=["results_at"])
    note(row, "survey", "results", by=by, at=at)
    told(row, at=at)
    return row
