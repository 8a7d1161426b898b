"""What can be done with a survey or an interview now, by whom, and doing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tongban.affairs.surveys.actions import building, deciding, interviewing, summarizing, transcribing
from tongban.affairs.surveys.models import Interview, Summary, Survey
from tongban.affairs.surveys.permissions import EDIT, PUBLISH, REVIEW
from tongban.affairs.surveys.queries.interviews import phase_of
from tongban.affairs.surveys.rules.stages import Phase, Show, Stage, survey_phase
from tongban.foundation.organizations.permissions import allows
from tongban.interfaces.workbench.editing.acts import Offer
from tongban.interfaces.workbench.editing.forms import ReasonForm
from tongban.interfaces.workbench.editing.survey_forms import ExtendForm, SeenForm

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

Values = Mapping[str, Any]


def _may(row: Survey | Interview, actor: Actor) -> tuple[bool, bool, bool]:
    codes = (EDIT.code, REVIEW.code, PUBLISH.code)
    edit, review, publish = (allows(actor, code, row) for code in codes)
    return edit, review, publish


def _chain(stage: str, edit: bool, review: bool, publish: bool) -> Iterator[Offer]:  # noqa: FBT001
    """Yield the acts on the way to the public."""
    if stage == Stage.DRAFT and edit:
        yield Offer("send", _("送审"), "primary")
    if stage == Stage.REVIEW and review:
        yield Offer("approve", _("审核通过"), "primary", SeenForm)
        yield Offer("return", _("退回编制"), "danger", ReasonForm)
    if stage == Stage.APPROVED and publish:
        yield Offer("publish", _("发布"), "primary")
        yield Offer("return", _("退回编制"), "danger", ReasonForm)


def survey_offers(row: Survey, actor: Actor, *, at: dt.datetime) -> list[Offer]:
    """Return what the actor may do with a survey as it stands."""
    edit, review, publish = _may(row, actor)
    found = list(_chain(row.stage, edit, review, publish))
    phase = survey_phase(row.stage, row.opens_at, row.closes_at, at)
    if publish and phase in (Phase.ANNOUNCED, Phase.OPEN):
        found.append(Offer("extend", _("延长期限"), "", ExtendForm))
    if publish and phase is Phase.OPEN:
        found.append(Offer("close", _("提前截止"), "", ReasonForm))
    if publish and row.stage == Stage.PUBLISHED and row.results_at is None and row.answers.exists():
        found.append(Offer("results", _("公布结果")))
    found += _summary_offers(row, edit=edit, review=review)
    if row.stage != Stage.DRAFT and edit:
        found.append(Offer("copy", _("复制成新的")))
    if publish and row.stage == Stage.PUBLISHED:
        found.append(Offer("withdraw", _("撤回"), "danger", ReasonForm))
    return found


def _summary_offers(row: Survey, *, edit: bool, review: bool) -> Iterator[Offer]:
    summary = Summary.objects.filter(survey=row).first()
    if summary is None or row.stage != Stage.PUBLISHED:
        return
    if summary.stage == Stage.DRAFT and edit:
        yield Offer("summary_send", _("采纳情况送审"), "primary")
    if summary.stage == Stage.REVIEW and review:
        yield Offer("summary_publish", _("公布采纳情况"), "primary", SeenForm)
        yield Offer("summary_return", _("退回采纳情况"), "danger", ReasonForm)


def interview_offers(row: Interview, actor: Actor) -> list[Offer]:
    """Return what the actor may do with an interview as it stands."""
    edit, review, publish = _may(row, actor)
    found = list(_chain(row.stage, edit, review, publish))
    phase = phase_of(row)
    if edit and phase is Show.ANNOUNCED:
        found.append(Offer("begin", _("开始访谈"), "primary"))
    if edit and phase is Show.LIVE:
        found.append(Offer("end", _("结束访谈")))
    if phase is Show.ENDED and edit and row.transcript_stage == Stage.DRAFT:
        found.append(Offer("transcript_send", _("实录送审"), "primary"))
    if phase is Show.ENDED and review and row.transcript_stage == Stage.REVIEW:
        found.append(Offer("transcript_publish", _("发布实录"), "primary", SeenForm))
        found.append(Offer("transcript_return", _("退回实录"), "danger", ReasonForm))
    if publish and row.stage == Stage.PUBLISHED:
        found.append(Offer("withdraw", _("撤回"), "danger", ReasonForm))
    return found


Do = Callable[[Any, "Actor", dt.datetime, Values], Any]
_SURVEY: Mapping[str, Do] = {
    "send": lambda row, by, at, _v: deciding.send_survey(survey=row, by=by, at=at),
    "approve": lambda row, by, at, v: deciding.approve_survey(
        survey=row, by=by, at=at, seen_findings=bool(v.get("seen"))
    ),
    "return": lambda row, by, at, v: deciding.return_survey(survey=row, reason=v["reason"], by=by, at=at),
    "publish": lambda row, by, at, _v: deciding.publish_survey(survey=row, by=by, at=at),
    "extend": lambda row, by, at, v: deciding.extend_survey(
        survey=row, closes_at=v["closes_at"], reason=v["reason"], by=by, at=at
    ),
    "close": lambda row, by, at, v: deciding.close_survey(survey=row, reason=v["reason"], by=by, at=at),
    "results": lambda row, by, at, _v: deciding.publish_results(survey=row, by=by, at=at),
    "withdraw": lambda row, by, at, v: deciding.withdraw_survey(survey=row, reason=v["reason"], by=by, at=at),
    "copy": lambda row, by, at, _v: building.copy_survey(survey=row, by=by, at=at),
    "summary_send": lambda row, by, at, _v: summarizing.send_summary(survey=row, by=by, at=at),
    "summary_publish": lambda row, by, at, v: summarizing.publish_summary(
        survey=row, by=by, at=at, seen_findings=bool(v.get("seen"))
    ),
    "summary_return": lambda row, by, at, v: summarizing.return_summary(survey=row, reason=v["reason"], by=by, at=at),
}
_INTERVIEW: Mapping[str, Do] = {
    "send": lambda row, by, at, _v: interviewing.send_interview(interview=row, by=by, at=at),
    "approve": lambda row, by, at, v: interviewing.approve_interview(
        interview=row, by=by, at=at, seen_findings=bool(v.get("seen"))
    ),
    "return": lambda row, by, at, v: interviewing.return_interview(interview=row, reason=v["reason"], by=by, at=at),
    "publish": lambda row, by, at, _v: interviewing.publish_interview(interview=row, by=by, at=at),
    "begin": lambda row, by, at, _v: interviewing.start_interview(interview=row, by=by, at=at),
    "end": lambda row, by, at, _v: interviewing.end_interview(interview=row, by=by, at=at),
    "withdraw": lambda row, by, at, v: interviewing.withdraw_interview(interview=row, reason=v["reason"], by=by, at=at),
    "transcript_send": lambda row, by, at, _v: transcribing.send_transcript(interview=row, by=by, at=at),
    "transcript_publish": lambda row, by, at, v: transcribing.publish_transcript(
        interview=row, by=by, at=at, seen_findings=bool(v.get("seen"))
    ),
    "transcript_return": lambda row, by, at, v: transcribing.return_transcript(
        interview=row, reason=v["reason"], by=by, at=at
    ),
}


def perform(row: Survey | Interview, code: str, *, by: Actor, at: dt.datetime, values: Values) -> Any:
    """Do an act that was offered; returns the row it leads to.

    :raises SurveyRefusedError: if it does not fit (any more)
    """
    return (_SURVEY if isinstance(row, Survey) else _INTERVIEW)[code](row, by, at, values)
