"""After the end: the text is put in order, reviewed by someone else, and published as the transcript."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from tongban.affairs.surveys.actions.base import (
    findings,
    locked,
    moved,
    must_be_another,
    must_pass,
    note,
    reason_of,
    told,
)
from tongban.affairs.surveys.models import Interview
from tongban.affairs.surveys.permissions import EDIT, REVIEW
from tongban.affairs.surveys.queries.interviews import phase_of
from tongban.affairs.surveys.rules.stages import Act, Show, Stage
from tongban.affairs.surveys.wording import refuse
from tongban.engines.publishing.rules.checks import Finding
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as put in order; dropped ones are left out of the transcript."""

    text: str
    dropped: bool = False


def _ended(interview: Interview, by: Actor, permission: str) -> Interview:
    row = locked(interview)
    require(by, permission, row)
    if phase_of(row) is not Show.ENDED:
        raise refuse("wrong_stage")
    return row


@transaction.atomic
def save_transcript(*, interview: Interview, passages: Mapping[int, Passage], by: Actor, at: dt.datetime) -> Interview:
    """Keep the working copy; until it is published the public goes on reading the text as it was spoken.

    :raises SurveyRefusedError: ``wrong_stage`` before the end, ``fixed`` once it was sent to review
    """
    row = _ended(interview, by, EDIT.code)
    moved(row.transcript_stage, Act.SAVE)
    for line in row.lines.select_for_update().filter(number__in=passages):
        passage = passages[line.number]
        line.edited = passage.text.strip()[:4000]
        line.dropped = passage.dropped or not line.edited
        line.save(update_fields=["edited", "dropped"])
    note(row, "transcript", Act.SAVE, by=by, at=at)
    return row


@transaction.atomic
def send_transcript(*, interview: Interview, by: Actor, at: dt.datetime) -> Interview:
    """Hand the transcript over to the reviewer."""
    row = _ended(interview, by, EDIT.code)
    row.transcript_stage = moved(row.transcript_stage, Act.SEND)
    row.save(update_fields=["transcript_stage"])
    note(row, "transcript", Act.SEND, by=by, at=at)
    return row


@transaction.atomic
def return_transcript(*, interview: Interview, reason: str, by: Actor, at: dt.datetime) -> Interview:
    """Give the transcript back."""
    row = _ended(interview, by, REVIEW.code)
    row.transcript_stage = moved(row.transcript_stage, Act.SEND_BACK)
    row.save(update_fields=["transcript_stage"])
    note(row, "transcript", Act.SEND_BACK, by=by, at=at, reason=reason_of(reason))
    return row


def transcript_findings(interview: Interview, *, at: dt.datetime) -> list[Finding]:
    """Return what the checks before publication find in the working copy."""
    lines = interview.lines.filter(dropped=False).values_list("edited", flat=True)
    return findings(lines, column=interview.column, at=at)


@transaction.atomic
def publish_transcript(*, interview: Interview, by: Actor, at: dt.datetime, seen_findings: bool = False) -> Interview:
    """Approve and publish a transcript that someone else put in order.

    :raises SurveyRefusedError: ``own_text``, ``blocking_findings``, ``unseen_findings``, ``wrong_stage``
    """
    row = _ended(interview, by, REVIEW.code)
    moved(row.transcript_stage, Act.APPROVE)
    must_be_another(row, "transcript", by)
    must_pass(transcript_findings(row, at=at), seen=seen_findings)
    row.lines.update(text=F("edited"))
    row.transcript_stage, row.transcript_at = Stage.PUBLISHED, at
    row.save(update_fields=["transcript_stage", "transcript_at"])
    note(row, "transcript", Act.PUBLISH, by=by, at=at)
    told(row, at=at)
    return row
