"""Citizens ask before and during an interview; an editor lets a question be seen or declines it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.affairs.surveys.actions.answering import Visitor, nonce_of, opened, seen
from tongban.affairs.surveys.actions.base import findings, locked, must_pass, reason_of, told
from tongban.affairs.surveys.models import Interview, InterviewQuestion
from tongban.affairs.surveys.permissions import EDIT
from tongban.affairs.surveys.queries.interviews import phase_of
from tongban.affairs.surveys.rules import marks
from tongban.affairs.surveys.rules.stages import Show
from tongban.affairs.surveys.wording import refuse
from tongban.foundation.audit.actions import append
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

LONGEST = 500


@transaction.atomic
def ask(
    *, interview: Interview, name: str, text: str, token: str, visitor: Visitor, by: Actor, at: dt.datetime
) -> InterviewQuestion | None:
    """Take a question for the editor to look at; the same form sent again returns None.

    :raises SurveyRefusedError: ``no_questions_now``, ``question_empty``, ``asked_enough``, ``old_form``
    """
    if phase_of(interview) not in (Show.ANNOUNCED, Show.LIVE):
        raise refuse("no_questions_now")
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise refuse("question_empty")
    nonce = nonce_of(token, f"interview:{interview.pk}")
    gate = opened(interview.gate_id, "no_questions_now")
    if seen(gate, marks.token(gate.key, nonce)) > 1:
        return None
    day = local_date(at)
    who = (
        marks.mark(gate.key, "account", str(by.account.pk), day.isoformat())
        if by.account is not None
        else marks.browser(gate.key, visitor.address, visitor.agent, day)
    )
    if seen(gate, who) > marks.MOST_QUESTIONS_A_DAY:
        raise refuse("asked_enough")
    if seen(gate, marks.hour(gate.key, visitor.address, at)) > marks.MOST_AN_HOUR:
        raise refuse("too_many")
    return InterviewQuestion.objects.create(interview=interview, name=name.strip()[:20], text=text, asked_at=at)


def _decided(question: InterviewQuestion, by: Actor, at: dt.datetime) -> tuple[Interview, InterviewQuestion]:
    row = locked(question.interview)
    require(by, EDIT.code, row)
    if phase_of(row) not in (Show.ANNOUNCED, Show.LIVE):
        raise refuse("no_questions_now")
    held = InterviewQuestion.objects.select_for_update().get(pk=question.pk)
    if held.state == InterviewQuestion.State.ANSWERED:
        raise refuse("same_question")
    held.decided_by, held.decided_at = by.account, at
    return row, held


@transaction.atomic
def approve_question(
    *, question: InterviewQuestion, shown_text: str, by: Actor, at: dt.datetime, seen_findings: bool = False
) -> InterviewQuestion:
    """Let a question be seen, in the words it came in or shortened by what must not be public.

    :raises SurveyRefusedError: ``blocking_findings`` for personal data, ``unseen_findings``, ``question_empty``
    """
    row, held = _decided(question, by, at)
    text = shown_text.strip()[:LONGEST]
    if not text:
        raise refuse("question_empty")
    must_pass(findings([held.name, text], column=row.column, at=at), seen=seen_findings)
    held.state, held.shown_text, held.reason = InterviewQuestion.State.APPROVED, text, ""
    return _kept(row, held, by, at)


@transaction.atomic
def decline_question(*, question: InterviewQuestion, reason: str, by: Actor, at: dt.datetime) -> InterviewQuestion:
    """Leave a question out, with the reason."""
    row, held = _decided(question, by, at)
    held.state, held.reason = InterviewQuestion.State.DECLINED, reason_of(reason)[:200]
    return _kept(row, held, by, at)


def _kept(row: Interview, held: InterviewQuestion, by: Actor, at: dt.datetime) -> InterviewQuestion:
    held.save()
    append(
        stream=f"interview:{row.pk}",
        kind=f"question.{held.state}",
        actor=by.key,
        at=at,
        data={"question": held.pk},
    )
    told(row, at=at)
    return held
