"""Reads over interviews."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from tongban.affairs.surveys.models import Interview, InterviewLine, InterviewQuestion
from tongban.affairs.surveys.permissions import EDIT, PUBLISH, REVIEW, VIEW
from tongban.affairs.surveys.rules.stages import Show, Stage, interview_phase
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import visible

MOST_LISTED = 200


def phase_of(row: Interview) -> Show:
    """Return where an interview stands."""
    return interview_phase(
        row.stage, started=row.started_at is not None, ended=row.ended_at is not None, transcript=row.transcript_stage
    )


@dataclass(frozen=True, slots=True)
class ListedInterview:
    """An interview in a public list."""

    interview: Interview
    phase: str


def listed(column_id: int) -> list[ListedInterview]:
    """Return the public interviews of a column: the live one first, then those to come, then the past ones."""
    rows = list(
        Interview.objects.filter(column=column_id, stage=Stage.PUBLISHED)
        .select_related("unit")
        .order_by("-starts_at", "-pk")[:MOST_LISTED]
    )
    found = [ListedInterview(row, phase_of(row)) for row in rows]
    live = [one for one in found if one.phase == Show.LIVE]
    soon = [one for one in reversed(found) if one.phase == Show.ANNOUNCED]
    return [*live, *soon, *(one for one in found if one.phase in (Show.ENDED, Show.PUBLISHED))]


def public_interview(pk: int, columns: set[int]) -> Interview | None:
    """Return a published or withdrawn interview of one of these columns."""
    rows = Interview.objects.filter(pk=pk, column__in=columns, stage__in=(Stage.PUBLISHED, Stage.WITHDRAWN))
    return rows.select_related("unit", "column__site", "film").first()


def lines_of(interview: Interview, *, after: int = 0) -> QuerySet[InterviewLine]:
    """Return the passages the public reads after a number: all as spoken, once published those of the transcript."""
    rows = InterviewLine.objects.filter(interview=interview, number__gt=after).order_by("number")
    return rows.filter(dropped=False) if interview.transcript_stage == Stage.PUBLISHED else rows


def open_questions(interview: Interview) -> QuerySet[InterviewQuestion]:
    """Return the approved questions that have no answer yet, for everyone to see."""
    return interview.questions.filter(state=InterviewQuestion.State.APPROVED)


def interviews_of(actor: Actor) -> QuerySet[Interview]:
    """Return every interview the actor may see at the desk, newest first."""
    waiting = Count("questions", filter=Q(questions__state=InterviewQuestion.State.WAITING))
    rows = visible(actor, VIEW.code, Interview.objects.all())
    return rows.select_related("column__site", "unit").annotate(waiting=waiting).order_by("-pk")


def waiting_for(actor: Actor) -> QuerySet[Interview]:
    """Return the interviews on which the actor must act: texts to review or publish, questions to look at."""
    asked = Interview.objects.filter(
        stage=Stage.PUBLISHED, ended_at=None, questions__state=InterviewQuestion.State.WAITING
    )
    found = visible(actor, EDIT.code, asked)
    found |= visible(actor, REVIEW.code, Interview.objects.filter(_of(Stage.REVIEW)))
    return (found | visible(actor, PUBLISH.code, Interview.objects.filter(stage=Stage.APPROVED))).distinct()


def _of(stage: Stage) -> Q:
    return Q(stage=stage) | Q(stage=Stage.PUBLISHED, transcript_stage=stage)


def last_number(interview: Interview) -> int:
    """Return the number of the last passage."""
    return int(interview.lines.aggregate(last=Max("number"))["last"] or 0)
