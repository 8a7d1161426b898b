"""After a consultation: what was said, what was adopted, what was not and why; reviewed by another, then published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from pydantic import TypeAdapter

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
from tongban.affairs.surveys.models import Summary, Survey
from tongban.affairs.surveys.permissions import EDIT, REVIEW
from tongban.affairs.surveys.rules.opinions import Opinion, is_whole
from tongban.affairs.surveys.rules.stages import Act, Stage
from tongban.affairs.surveys.wording import refuse
from tongban.engines.publishing.rules.checks import Finding
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

_MANY = TypeAdapter(tuple[Opinion, ...])


def opinions_of(summary: Summary) -> tuple[Opinion, ...]:
    """Return the opinions of a summary."""
    return _MANY.validate_python(summary.items)


def _closed(survey: Survey) -> Survey:
    row = locked(survey)
    if row.kind != Survey.Kind.CONSULTATION or row.closed_at is None or row.stage != Stage.PUBLISHED:
        raise refuse("nothing_to_summarize")
    return row


@transaction.atomic
def save_summary(*, survey: Survey, text: str, items: Sequence[Opinion], by: Actor, at: dt.datetime) -> Summary:
    """Keep the summary of a closed consultation while it is being written.

    :raises SurveyRefusedError: ``nothing_to_summarize``, ``fixed`` once it was sent to review
    """
    row = _closed(survey)
    require(by, EDIT.code, row)
    summary = Summary.objects.select_for_update().filter(survey=row).first() or Summary(survey=row)
    moved(summary.stage, Act.SAVE)
    summary.text = text.strip()[:5000]
    summary.items = [item.model_dump(mode="json") for item in items]
    summary.save()
    note(row, "summary", Act.SAVE, by=by, at=at)
    return summary


def _moved(survey: Survey, act: Act, by: Actor, permission: str) -> tuple[Survey, Summary]:
    row = _closed(survey)
    require(by, permission, row)
    summary = Summary.objects.select_for_update().filter(survey=row).first()
    if summary is None:
        raise refuse("summary_empty")
    summary.stage = moved(summary.stage, act)
    return row, summary


@transaction.atomic
def send_summary(*, survey: Survey, by: Actor, at: dt.datetime) -> Summary:
    """Hand the summary over to the reviewer.

    :raises SurveyRefusedError: ``summary_empty`` without text, or if a reason is missing where nothing was adopted
    """
    row, summary = _moved(survey, Act.SEND, by, EDIT.code)
    if not is_whole(summary.text, opinions_of(summary), row.comments.count()):
        raise refuse("summary_empty")
    summary.save(update_fields=["stage"])
    note(row, "summary", Act.SEND, by=by, at=at)
    return summary


@transaction.atomic
def return_summary(*, survey: Survey, reason: str, by: Actor, at: dt.datetime) -> Summary:
    """Give the summary back to be written further."""
    row, summary = _moved(survey, Act.SEND_BACK, by, REVIEW.code)
    summary.save(update_fields=["stage"])
    note(row, "summary", Act.SEND_BACK, by=by, at=at, reason=reason_of(reason))
    return summary


def summary_findings(survey: Survey, summary: Summary, *, at: dt.datetime) -> list[Finding]:
    """Return what the checks before publication find in a summary."""
    texts = [summary.text, *(text for item in opinions_of(summary) for text in (item.opinion, item.reason))]
    return findings(texts, column=survey.column, at=at)


@transaction.atomic
def publish_summary(*, survey: Survey, by: Actor, at: dt.datetime, seen_findings: bool = False) -> Summary:
    """Approve and publish a summary that someone else wrote; the work item of the late ones is gone with it.

    :raises SurveyRefusedError: ``own_text``, ``blocking_findings``, ``unseen_findings``, ``wrong_stage``
    """
    row, summary = _moved(survey, Act.APPROVE, by, REVIEW.code)
    must_be_another(row, "summary", by)
    must_pass(summary_findings(row, summary, at=at), seen=seen_findings)
    summary.stage, summary.published_at = Stage.PUBLISHED, at
    summary.save(update_fields=["stage", "published_at"])
    note(row, "summary", Act.PUBLISH, by=by, at=at)
    told(row, at=at)
    return summary
