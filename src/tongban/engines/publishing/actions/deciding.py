"""The chain between the unit that writes and the column that publishes: submit, take, decline, return, send, approve."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.engines.publishing.actions.base import (
    enter,
    locked,
    note,
    refuse,
    require_row,
    stage_after,
    stage_due,
    takes_articles,
)
from tongban.engines.publishing.actions.messages import tell
from tongban.engines.publishing.actions.placing import place
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, Column, Revision, Submission
from tongban.engines.publishing.permissions import DRAFT, EDIT, PUBLISH, REVIEW
from tongban.engines.publishing.queries.working import findings_of
from tongban.engines.publishing.rules.chain import Act, ChainError, Stage, check_reviewer
from tongban.engines.publishing.rules.checks import Finding
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import allows_row
from tongban.foundation.rows.statements import insert, update


def submit(
    *, article: Article, by: Actor, at: dt.datetime, column: Column | None = None, note_text: str = ""
) -> Submission:
    """Offer an article to its home column, or (``column``) to a further one: a city's item to the province.

    :raises PublishingRefusedError: ``wrong_stage``, ``column_closed``, ``already_offered``, ``already_there``
    """
    with transaction.atomic():
        row = locked(article)
        require_row(by, DRAFT, row)
        target = column or row.column
        if not takes_articles(target):
            raise refuse("column_closed", column=str(target))
        if Submission.objects.filter(article=row, column=target, state=Submission.State.SUBMITTED).exists():
            raise refuse("already_offered", column=str(target))
        if target.pk == row.column_id:
            names = enter(row, stage_after(row, Act.SUBMIT), at=at)
            update(row, names)
            due = row.stage_due_on
        else:
            if row.placements.filter(column=target).exists():
                raise refuse("already_there", column=str(target))
            due = stage_due(target, Stage.SUBMITTED, at=at)
        offered = Submission(
            article=row, unit=row.unit, column=target, note=note_text, submitted_by=by.account, submitted_at=at, due_on=due,
        )  # fmt: skip
        insert([offered])
        note(row, Act.SUBMIT, by=by, at=at, reason=note_text, data={"column": target.pk})
        return offered


def recall(*, submission: Submission, by: Actor, at: dt.datetime) -> Submission:
    """Take an offer back before it is decided."""
    with transaction.atomic():
        row, offered = _open(submission)
        require_row(by, DRAFT, row)
        return _decide(row, offered, Submission.State.RECALLED, Act.RECALL, by=by, at=at)


def accept(*, submission: Submission, by: Actor, at: dt.datetime, points: int | None = None) -> Submission:
    """Take a submission: the home column begins to edit it; a further column shows it, at once if it is public.

    :param points: by default those of the column
    :raises PublishingRefusedError: ``not_offered`` if it was decided already
    """
    with transaction.atomic():
        row, offered = _open(submission)
        require_row(by, EDIT if offered.column_id == row.column_id else PUBLISH, _duty(row, offered))
        offered.points = offered.column.points if points is None else points
        decided = _decide(row, offered, Submission.State.ACCEPTED, Act.ACCEPT, by=by, at=at)
        if offered.column_id != row.column_id:
            place(row, [offered.column], by=by, at=at, accepted=True)
        return decided


def decline(*, submission: Submission, reason: str, by: Actor, at: dt.datetime) -> Submission:
    """Refuse a submission for good, with a reason the unit reads.

    :raises PublishingRefusedError: ``reason_missing``, ``not_offered``
    """
    return _turn_down(submission, Submission.State.DECLINED, Act.DECLINE, reason=reason, by=by, at=at)


def return_for_changes(*, submission: Submission, reason: str, by: Actor, at: dt.datetime) -> Submission:
    """Give a submission back to be changed and submitted again.

    :raises PublishingRefusedError: ``reason_missing``, ``not_offered``
    """
    return _turn_down(submission, Submission.State.RETURNED, Act.RETURN, reason=reason, by=by, at=at)


def _turn_down(
    submission: Submission, state: Submission.State, act: Act, *, reason: str, by: Actor, at: dt.datetime
) -> Submission:
    if not reason.strip():
        raise refuse("reason_missing")
    with transaction.atomic():
        row, offered = _open(submission)
        require_row(by, EDIT if offered.column_id == row.column_id else PUBLISH, _duty(row, offered))
        offered.reason = reason.strip()
        return _decide(row, offered, state, act, by=by, at=at)


def _open(submission: Submission) -> tuple[Article, Submission]:
    row = locked(Article(pk=submission.article_id))
    offered = Submission.objects.select_related("column__site").get(pk=submission.pk)
    if offered.state != Submission.State.SUBMITTED:
        raise refuse("not_offered")
    return row, offered


def _duty(row: Article, offered: Submission) -> Article | Column:
    """Return on what the one who decides must hold the permission: the article at home, else the further column."""
    return row if offered.column_id == row.column_id else offered.column


def _decide(
    row: Article, offered: Submission, state: Submission.State, act: Act, *, by: Actor, at: dt.datetime
) -> Submission:
    due = offered.due_on
    offered.state = state
    offered.decided_by, offered.decided_at = by.account, at
    update(offered, ["state", "reason", "points", "decided_by", "decided_at"])
    if offered.column_id == row.column_id:
        update(row, enter(row, stage_after(row, act), at=at))
    data = {"column": offered.column_id, "submission": offered.pk, "points": offered.points}
    note(row, act, by=by, at=at, due=due, reason=offered.reason, data=data)
    tell(offered, row, at=at)
    return offered


def send_to_review(*, article: Article, by: Actor, at: dt.datetime) -> Article:
    """Send a text to review: the column's editor what was taken or is being corrected, or what he drafted himself.

    :raises PublishingRefusedError: ``wrong_stage``
    """
    with transaction.atomic():
        row = locked(article)
        require_row(by, EDIT, row)
        return _pass(row, Act.SEND, by=by, at=at)


def send_back(*, article: Article, reason: str, by: Actor, at: dt.datetime) -> Article:
    """Give a text under review (or approved) back to the editor.

    :raises PublishingRefusedError: ``reason_missing``, ``wrong_stage``
    """
    if not reason.strip():
        raise refuse("reason_missing")
    with transaction.atomic():
        row = locked(article)
        require_row(by, PUBLISH if row.stage == Stage.APPROVED else REVIEW, row)
        if row.status == Article.Status.SCHEDULED:
            row.status, row.scheduled_at = Article.Status.UNPUBLISHED, None
            update(row, ["status", "scheduled_at"])
        return _pass(row, Act.SEND_BACK, by=by, at=at, reason=reason.strip())


def approve(*, article: Article, by: Actor, at: dt.datetime, seen_findings: bool = False, opinion: str = "") -> Article:
    """Approve the latest text. Four eyes: whoever wrote any of it since it was last public may not.

    :param seen_findings: the reviewer has seen the warnings of the checks; blocking findings cannot be passed over
    :raises PublishingRefusedError: ``own_text``, ``blocking_findings``, ``unseen_findings``, ``wrong_stage``
    """
    with transaction.atomic():
        row = locked(article)
        require_row(by, REVIEW, row)
        stage_after(row, Act.APPROVE)
        try:
            check_reviewer(by.account.pk if by.account else None, _writers(row))
        except ChainError as wrong:
            raise refuse(wrong.code) from wrong
        found = findings_of(row, at=at)
        _heed(found, seen=seen_findings)
        row.approved_n, row.approved_by = row.latest_n, by.account
        update(row, ["approved_n", "approved_by"])
        return _pass(row, Act.APPROVE, by=by, at=at, reason=opinion, findings=found)


def _writers(row: Article) -> list[int | None]:
    return list(Revision.objects.filter(article=row, n__gt=row.published_n).values_list("by_id", flat=True))


def _heed(found: list[Finding], *, seen: bool) -> None:
    blocking = [finding for finding in found if finding.blocks]
    code = "blocking_findings" if blocking else "unseen_findings" if found and not seen else ""
    if code:
        raise PublishingRefusedError(refuse(code).message, code=code, findings=blocking or found)


def _pass(
    row: Article, act: Act, *, by: Actor, at: dt.datetime, reason: str = "", findings: list[Finding] | None = None
) -> Article:
    due = row.stage_due_on
    update(row, enter(row, stage_after(row, act), at=at))
    data = {"findings": sorted({finding.code for finding in findings})} if findings else {}
    note(row, act, by=by, at=at, due=due, reason=reason, data=data)
    return row


def may_send(by: Actor, article: Article) -> bool:
    """Tell whether the actor may send an article to review without submitting it: he edits its column."""
    return allows_row(by, EDIT.code, article)
