"""Free words are read by someone before others see them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.affairs.surveys.actions.base import findings, locked, must_pass, reason_of, told
from tongban.affairs.surveys.models import Comment, Survey
from tongban.affairs.surveys.permissions import EDIT
from tongban.foundation.audit.actions import append
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require


@transaction.atomic
def show_comment(*, comment: Comment, by: Actor, at: dt.datetime, seen_findings: bool = False) -> Comment:
    """Let a comment be shown with the results.

    :raises SurveyRefusedError: ``blocking_findings`` for personal data, ``unseen_findings``
    """
    survey = locked(comment.survey)
    require(by, EDIT.code, survey)
    must_pass(findings([comment.text], column=survey.column, at=at), seen=seen_findings)
    return _decided(survey, comment, Comment.State.SHOWN, "", by, at)


@transaction.atomic
def hide_comment(*, comment: Comment, reason: str, by: Actor, at: dt.datetime) -> Comment:
    """Keep a comment from being shown; the unit still reads it, and the reason is kept."""
    survey = locked(comment.survey)
    require(by, EDIT.code, survey)
    return _decided(survey, comment, Comment.State.HIDDEN, reason_of(reason)[:200], by, at)


def _decided(survey: Survey, comment: Comment, state: str, reason: str, by: Actor, at: dt.datetime) -> Comment:
    comment.state, comment.reason = state, reason
    comment.decided_by, comment.decided_at = by.account, at
    comment.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    append(
        stream=f"survey:{survey.pk}", kind=f"comment.{state}", actor=by.key, at=at, data={"comment": str(comment.pk)}
    )
    if survey.results_at is not None:
        told(survey, at=at)
    return comment
