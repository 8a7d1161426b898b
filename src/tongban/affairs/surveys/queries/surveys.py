"""Reads over surveys: what the public sees, what waits at the desk, what is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from tongban.affairs.surveys.models import Comment, Survey
from tongban.affairs.surveys.permissions import EDIT, PUBLISH, REVIEW, VIEW
from tongban.affairs.surveys.rules.stages import Phase, Stage, survey_phase
from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import identity_of
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import visible

MOST_LISTED = 200
DUTY = ((EDIT, Stage.DRAFT), (REVIEW, Stage.REVIEW), (PUBLISH, Stage.APPROVED))
"""Who must act on what stands in a stage."""


def is_verified(account: Account | None) -> bool:
    """Tell whether the real name behind an account is verified."""
    identity = identity_of(account) if account is not None else None
    return identity is not None and identity.verified_at is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """A survey in a public list."""

    survey: Survey
    phase: str

    @property
    def results(self) -> bool:
        """Tell whether its results are public."""
        return self.survey.results_at is not None


def listed(column_id: int, *, at: dt.datetime) -> list[Listed]:
    """Return the public surveys of a column: open ones first, the sooner to close before; then announced, then closed."""
    rows = list(
        Survey.objects.filter(column=column_id, stage=Stage.PUBLISHED)
        .select_related("unit", "summary")
        .order_by("-closes_at", "-pk")[:MOST_LISTED]
    )
    found = [Listed(row, survey_phase(row.stage, row.opens_at, row.closes_at, at)) for row in rows]
    opened = sorted((one for one in found if one.phase == Phase.OPEN), key=lambda one: one.survey.closes_at)
    soon = [one for one in found if one.phase == Phase.ANNOUNCED]
    return [*opened, *soon, *(one for one in found if one.phase == Phase.CLOSED)]


def public_survey(pk: int, columns: set[int]) -> Survey | None:
    """Return a published or withdrawn survey of one of these columns."""
    rows = Survey.objects.filter(pk=pk, column__in=columns, stage__in=(Stage.PUBLISHED, Stage.WITHDRAWN))
    return rows.select_related("unit", "column__site", "article", "form_version", "summary").first()


def surveys_of(actor: Actor) -> QuerySet[Survey]:
    """Return every survey the actor may see at the desk, newest first."""
    rows = visible(actor, VIEW.code, Survey.objects.all())
    return rows.select_related("column__site", "unit").annotate(taken=Count("answers")).order_by("-pk")


def waiting_for(actor: Actor) -> QuerySet[Survey]:
    """Return the surveys and summaries on which the actor must act: to review, to publish, or late."""
    found = late_summaries_of(actor)
    for permission, stage in DUTY[1:]:
        found |= visible(actor, permission.code, Survey.objects.filter(stage=stage))
    summaries = Survey.objects.filter(stage=Stage.PUBLISHED, summary__stage=Stage.REVIEW)
    return found | visible(actor, REVIEW.code, summaries)


def late_summaries_of(actor: Actor) -> QuerySet[Survey]:
    """Return the closed consultations of the actor's columns whose outcome is still to be published."""
    return visible(actor, EDIT.code, Survey.objects.filter(_owed()))


def _owed() -> Q:
    open_summary = Q(summary__isnull=True) | ~Q(summary__stage=Stage.PUBLISHED)
    return Q(stage=Stage.PUBLISHED, summary_due_on__isnull=False) & open_summary


def late_summaries(*, on: dt.date) -> QuerySet[Survey]:
    """Return the consultations whose outcome should have been published before a day."""
    rows = Survey.objects.filter(_owed(), summary_due_on__lt=on)
    return rows.select_related("unit", "column__unit").order_by("summary_due_on", "pk")


def comments_of(survey: Survey, *, state: str = "") -> QuerySet[Comment]:
    """Return the free words of a survey for the desk, those that wait first."""
    rows = Comment.objects.filter(survey=survey)
    return (rows.filter(state=state) if state else rows).order_by("question", "pk")
