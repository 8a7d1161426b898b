"""An interview's way: prepared, reviewed, announced; begun, spoken, ended; taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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
from tongban.affairs.surveys.models import Interview, InterviewLine, InterviewQuestion
from tongban.affairs.surveys.permissions import EDIT, PUBLISH, REVIEW
from tongban.affairs.surveys.queries.interviews import last_number, phase_of
from tongban.affairs.surveys.rules.stages import Act, Show, Stage
from tongban.affairs.surveys.wording import refuse
from tongban.engines.publishing.models import Column, MediaItem
from tongban.engines.publishing.rules.checks import Finding
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import require

COLUMNS = ("interaction.interviews",)
"""Columns of the scheme that take interviews."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is announced of an interview."""

    column: Column
    title: str
    intro: str
    host: str
    guests: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    unit: Unit
    title_en: str = ""
    intro_en: str = ""
    film: MediaItem | None = None


def _put(row: Interview, plan: Plan) -> None:
    if plan.ends_at <= plan.starts_at:
        raise refuse("times_crossed")
    if plan.column.scheme_code not in COLUMNS or not plan.column.is_open or plan.column.mirror_of_id:
        raise refuse("wrong_column")
    for name in Plan.__dataclass_fields__:
        setattr(row, name, getattr(plan, name))


@transaction.atomic
def begin_interview(*, plan: Plan, by: Actor, at: dt.datetime) -> Interview:
    """Begin to prepare an interview.

    :raises SurveyRefusedError: ``times_crossed``, ``wrong_column``
    """
    row = Interview(created_at=at)
    _put(row, plan)
    row.save()
    require(by, EDIT.code, row)
    note(row, "interview", Act.SAVE, by=by, at=at)
    return row


@transaction.atomic
def change_interview(*, interview: Interview, plan: Plan, version: int | None, by: Actor, at: dt.datetime) -> Interview:
    """Change what will be announced.

    :raises SurveyRefusedError: as for :func:`begin_interview`, and ``fixed``, ``conflict``
    """
    row = locked(interview)
    require(by, EDIT.code, row)
    moved(row.stage, Act.SAVE)
    if version is not None and version != row.version:
        raise refuse("conflict")
    _put(row, plan)
    row.version += 1
    row.save()
    require(by, EDIT.code, row)
    note(row, "interview", Act.SAVE, by=by, at=at)
    return row


def interview_findings(row: Interview, *, at: dt.datetime) -> list[Finding]:
    """Return what the checks before publication find in the announcement."""
    texts = [row.title, row.title_en, row.intro, row.intro_en, row.host, row.guests]
    return findings(texts, column=row.column, at=at)


def _step(interview: Interview, act: Act, permission: str, by: Actor) -> Interview:
    row = locked(interview)
    require(by, permission, row)
    row.stage = moved(row.stage, act)
    return row


@transaction.atomic
def send_interview(*, interview: Interview, by: Actor, at: dt.datetime) -> Interview:
    """Hand the announcement over to the reviewer."""
    row = _step(interview, Act.SEND, EDIT.code, by)
    row.save(update_fields=["stage"])
    note(row, "interview", Act.SEND, by=by, at=at)
    return row


@transaction.atomic
def return_interview(*, interview: Interview, reason: str, by: Actor, at: dt.datetime) -> Interview:
    """Give the announcement back."""
    code = PUBLISH.code if interview.stage == Stage.APPROVED else REVIEW.code
    row = _step(interview, Act.SEND_BACK, code, by)
    row.save(update_fields=["stage"])
    note(row, "interview", Act.SEND_BACK, by=by, at=at, reason=reason_of(reason))
    return row


@transaction.atomic
def approve_interview(*, interview: Interview, by: Actor, at: dt.datetime, seen_findings: bool = False) -> Interview:
    """Approve an announcement that someone else wrote.

    :raises SurveyRefusedError: ``own_text``, ``blocking_findings``, ``unseen_findings``, ``wrong_stage``
    """
    row = _step(interview, Act.APPROVE, REVIEW.code, by)
    must_be_another(row, "interview", by)
    must_pass(interview_findings(row, at=at), seen=seen_findings)
    row.save(update_fields=["stage"])
    note(row, "interview", Act.APPROVE, by=by, at=at)
    return row


@transaction.atomic
def publish_interview(*, interview: Interview, by: Actor, at: dt.datetime) -> Interview:
    """Announce an approved interview; from now on citizens may ask."""
    row = _step(interview, Act.PUBLISH, PUBLISH.code, by)
    row.gate, row.published_at = new_gate(), at
    row.save()
    note(row, "interview", Act.PUBLISH, by=by, at=at)
    told(row, at=at)
    return row


@transaction.atomic
def withdraw_interview(*, interview: Interview, reason: str, by: Actor, at: dt.datetime) -> Interview:
    """Take an interview from the public."""
    row = _step(interview, Act.WITHDRAW, PUBLISH.code, by)
    row.withdrawn_reason = reason_of(reason)
    row.save(update_fields=["stage", "withdrawn_reason"])
    shut(row.gate, at=at)
    note(row, "interview", Act.WITHDRAW, by=by, at=at, reason=reason)
    told(row, at=at)
    return row


@transaction.atomic
def start_interview(*, interview: Interview, by: Actor, at: dt.datetime) -> Interview:
    """Begin: from now on what is written is seen at once."""
    row = locked(interview)
    require(by, EDIT.code, row)
    if phase_of(row) is not Show.ANNOUNCED:
        raise refuse("wrong_stage")
    row.started_at = at
    row.save(update_fields=["started_at"])
    note(row, "interview", "begin", by=by, at=at)
    told(row, at=at)
    return row


@transaction.atomic
def end_interview(*, interview: Interview, by: Actor, at: dt.datetime) -> Interview:
    """End: no more passages and no more questions; the key is destroyed."""
    row = _live(interview, by)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    shut(row.gate, at=at)
    note(row, "interview", "end", by=by, at=at)
    told(row, at=at)
    return row


def _live(interview: Interview, by: Actor) -> Interview:
    row = locked(interview)
    require(by, EDIT.code, row)
    if phase_of(row) is not Show.LIVE:
        raise refuse("not_live")
    return row


def _wrote(row: Interview, by: Actor, at: dt.datetime) -> None:
    """Remember who wrote in the running text: someone else reviews the transcript."""
    if not row.events.filter(part="transcript", act=Act.SAVE, by=by.account).exists():
        note(row, "transcript", Act.SAVE, by=by, at=at)


def _spoken(
    row: Interview, kind: str, speaker: str, text: str, at: dt.datetime, question: InterviewQuestion | None = None
) -> InterviewLine:
    return InterviewLine.objects.create(
        interview=row,
        number=last_number(row) + 1,
        kind=kind,
        speaker=speaker,
        text=text,
        edited=text,
        question=question,
        said_at=at,
    )


@transaction.atomic
def say(
    *, interview: Interview, kind: str, speaker: str, text: str, by: Actor, at: dt.datetime, seen_findings: bool = False
) -> InterviewLine:
    """Add a passage to the running text, seen at once; the checks come first.

    :raises SurveyRefusedError: ``not_live``, ``line_empty``, ``blocking_findings``, ``unseen_findings``
    """
    row = _live(interview, by)
    speaker, text = speaker.strip()[:60], text.strip()[:4000]
    if not speaker or not text or kind not in (InterviewLine.Kind.HOST, InterviewLine.Kind.GUEST):
        raise refuse("line_empty")
    must_pass(findings([speaker, text], column=row.column, at=at), seen=seen_findings)
    made = _spoken(row, kind, speaker, text, at)
    _wrote(row, by, at)
    told(row, at=at)
    return made


@transaction.atomic
def answer_question(
    *,
    question: InterviewQuestion,
    speaker: str,
    text: str,
    by: Actor,
    at: dt.datetime,
    seen_findings: bool = False,
) -> InterviewLine:
    """Answer an approved question: the question and the answer stand one after the other in the text.

    :raises SurveyRefusedError: ``not_live``, ``same_question``, ``line_empty``, ``blocking_findings``
    """
    row = _live(question.interview, by)
    held = InterviewQuestion.objects.select_for_update().get(pk=question.pk)
    if held.state != InterviewQuestion.State.APPROVED:
        raise refuse("same_question")
    speaker, text = speaker.strip()[:60], text.strip()[:4000]
    if not speaker or not text:
        raise refuse("line_empty")
    must_pass(findings([speaker, text], column=row.column, at=at), seen=seen_findings)
    _spoken(row, InterviewLine.Kind.CITIZEN, held.name or "网友", held.shown_text, at, held)
    made = _spoken(row, InterviewLine.Kind.GUEST, speaker, text, at, held)
    _wrote(row, by, at)
    held.state = InterviewQuestion.State.ANSWERED
    held.save(update_fields=["state"])
    told(row, at=at)
    return made
