"""The editorial stages of surveys, interviews, summaries and transcripts, and what the public sees when."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class Stage(StrEnum):
    """Where a text stands on its way to the public."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What moves it."""

    SAVE = "save"
    SEND = "send"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


MOVES: dict[Act, tuple[frozenset[Stage], Stage]] = {
    Act.SAVE: (frozenset({Stage.DRAFT}), Stage.DRAFT),
    Act.SEND: (frozenset({Stage.DRAFT}), Stage.REVIEW),
    Act.SEND_BACK: (frozenset({Stage.REVIEW, Stage.APPROVED}), Stage.DRAFT),
    Act.APPROVE: (frozenset({Stage.REVIEW}), Stage.APPROVED),
    Act.PUBLISH: (frozenset({Stage.APPROVED}), Stage.PUBLISHED),
    Act.WITHDRAW: (frozenset({Stage.PUBLISHED}), Stage.WITHDRAWN),
}


def after(stage: str, act: Act) -> Stage | None:
    """Return the stage an act leads to, or None if it does not fit."""
    before, result = MOVES[act]
    return result if stage in before else None


class Phase(StrEnum):
    """What the public may do with a survey at a moment."""

    HIDDEN = "hidden"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"


def survey_phase(stage: str, opens_at: dt.datetime, closes_at: dt.datetime, at: dt.datetime) -> Phase:
    """Return the phase of a survey: it opens and closes by itself."""
    if stage != Stage.PUBLISHED:
        return Phase.HIDDEN
    if at < opens_at:
        return Phase.ANNOUNCED
    return Phase.OPEN if at < closes_at else Phase.CLOSED


class Show(StrEnum):
    """Where an interview stands."""

    HIDDEN = "hidden"
    ANNOUNCED = "announced"
    LIVE = "live"
    ENDED = "ended"
    PUBLISHED = "published"


def interview_phase(stage: str, *, started: bool, ended: bool, transcript: str) -> Show:
    """Return where an interview stands; it begins and ends by the editor's hand."""
    if stage != Stage.PUBLISHED:
        return Show.HIDDEN
    if not started:
        return Show.ANNOUNCED
    if not ended:
        return Show.LIVE
    return Show.PUBLISHED if transcript == Stage.PUBLISHED else Show.ENDED
