"""The editorial chain: which act leads where, and who may not judge whose text.

A unit drafts and submits; the column's editor takes, declines or returns it, edits and sends it to review; a reviewer who
wrote none of it approves; a publisher publishes what was approved, and nothing else. A published text is corrected on the
same way: the public text stays until the correction is published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where the working copy stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    EDITING = "editing"
    REVIEW = "review"
    APPROVED = "approved"
    DECLINED = "declined"
    DONE = "done"


class Act(StrEnum):
    """What is done to an article."""

    SAVE = "save"
    SUBMIT = "submit"
    RECALL = "recall"
    ACCEPT = "accept"
    DECLINE = "decline"
    RETURN = "return"
    SEND = "send"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    CORRECT = "correct"
    DROP = "drop"


TIMED = frozenset({Stage.SUBMITTED, Stage.EDITING, Stage.REVIEW, Stage.APPROVED})
"""Stages with a limit in working days."""
WRITABLE = frozenset({Stage.DRAFT, Stage.EDITING, Stage.DECLINED})
"""Stages in which the text may be changed."""

WAY: dict[tuple[Stage, Act], Stage] = {
    (Stage.DRAFT, Act.SAVE): Stage.DRAFT,
    (Stage.DRAFT, Act.SUBMIT): Stage.SUBMITTED,
    (Stage.DRAFT, Act.SEND): Stage.REVIEW,
    (Stage.DECLINED, Act.SAVE): Stage.DRAFT,
    (Stage.SUBMITTED, Act.RECALL): Stage.DRAFT,
    (Stage.SUBMITTED, Act.ACCEPT): Stage.EDITING,
    (Stage.SUBMITTED, Act.DECLINE): Stage.DECLINED,
    (Stage.SUBMITTED, Act.RETURN): Stage.DRAFT,
    (Stage.EDITING, Act.SAVE): Stage.EDITING,
    (Stage.EDITING, Act.SEND): Stage.REVIEW,
    (Stage.EDITING, Act.DROP): Stage.DONE,
    (Stage.REVIEW, Act.APPROVE): Stage.APPROVED,
    (Stage.REVIEW, Act.SEND_BACK): Stage.EDITING,
    (Stage.APPROVED, Act.SEND_BACK): Stage.EDITING,
    (Stage.APPROVED, Act.SCHEDULE): Stage.APPROVED,
    (Stage.APPROVED, Act.PUBLISH): Stage.DONE,
    (Stage.DONE, Act.CORRECT): Stage.EDITING,
}


class ChainError(Exception):
    """An act does not fit; ``code`` says why."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Copy:
    """The working copy as the rules see it; numbers are those of revisions, 0 for none."""

    stage: Stage
    latest: int = 0
    approved: int = 0
    published: int = 0


def step(copy: Copy, act: Act) -> Stage:
    """Return the stage an act leads to.

    :raises ChainError: ``wrong_stage`` if the act does not belong to the present stage, ``nothing_published`` if a text
        that was never public shall be corrected or its correction dropped, ``not_approved`` if the latest text is not the
        approved one
    """
    after = WAY.get((copy.stage, act))
    if after is None:
        raise ChainError("wrong_stage")
    if act in (Act.CORRECT, Act.DROP) and not copy.published:
        raise ChainError("nothing_published")
    if act in (Act.PUBLISH, Act.SCHEDULE) and (not copy.approved or copy.approved != copy.latest):
        raise ChainError("not_approved")
    return after


def check_reviewer(reviewer: int | None, writers: Iterable[int | None]) -> None:
    """Let nobody review a text that he wrote himself, in whole or in part.

    :param reviewer: the account that reviews; the system reviews nothing
    :param writers: the accounts that wrote revisions since the text was last public
    :raises ChainError: ``no_reviewer`` or ``own_text``
    """
    if reviewer is None:
        raise ChainError("no_reviewer")
    if reviewer in set(writers):
        raise ChainError("own_text")
