"""Invented surveys and interviews for the demonstration province, made by the real actions at moments of the past weeks."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tongban.affairs.surveys.actions.answering import Visitor, answer, form_token
from tongban.affairs.surveys.actions.asking import approve_question, ask
from tongban.affairs.surveys.actions.building import About, begin_survey, set_questions
from tongban.affairs.surveys.actions.closing import keep_time
from tongban.affairs.surveys.actions.deciding import approve_survey, publish_survey, send_survey
from tongban.affairs.surveys.actions.interviewing import (
    Plan,
    answer_question,
    approve_interview,
    begin_interview,
    end_interview,
    publish_interview,
    say,
    send_interview,
    start_interview,
)
from tongban.affairs.surveys.actions.moderating import hide_comment, show_comment
from tongban.affairs.surveys.actions.summarizing import publish_summary, save_summary, send_summary
from tongban.affairs.surveys.actions.transcribing import publish_transcript, send_transcript
from tongban.affairs.surveys.demo_texts import (
    COMMENTS,
    EASY,
    EASY_EN,
    EXPERIENCE,
    INTERVIEW_ASKED,
    INTERVIEW_OPENING,
    OPINIONS,
    OUTCOME,
    PARKING_BODY,
    RESPONSES,
    SATISFACTION,
)
from tongban.affairs.surveys.models import Comment, Interview, InterviewLine, Survey
from tongban.affairs.surveys.rules.opinions import Opinion
from tongban.affairs.surveys.rules.questions import Question, read
from tongban.engines.publishing.actions.taking_in import take_in
from tongban.engines.publishing.models import Column
from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.actor import ANONYMOUS, Actor, actor_of, system_actor

SITE = "hubei"


@dataclass(slots=True)
class Desk:
    """Who edits and who reviews, and what the filling works with."""

    editor: Actor
    reviewer: Actor
    now: dt.datetime
    rng: random.Random = field(default_factory=lambda: random.Random(8))  # noqa: S311
    visitors: int = 0

    def ago(self, days: float) -> dt.datetime:
        """Return a moment so many days ago."""
        return self.now - dt.timedelta(days=days)

    def visitor(self) -> Visitor:
        """Return another visitor, from the addresses reserved for documentation."""
        self.visitors += 1
        return Visitor(f"2001:db8:{self.visitors:x}::1", "demonstration")


def fill(*, now: dt.datetime) -> int:
    """Make the surveys and interviews once; return how many (none if there are some already, or no site)."""
    columns = {row.scheme_code: row for row in Column.objects.filter(site__code=SITE).select_related("site", "unit")}
    people = {row.username: row for row in Account.objects.filter(username__in=("editor", "portal_reviewer"))}
    if Survey.objects.exists() or "interaction.surveys" not in columns or len(people) < len(("editor", "reviewer")):
        return 0
    on = now.date()
    desk = Desk(actor_of(people["editor"], on=on), actor_of(people["portal_reviewer"], on=on), now)
    with transaction.atomic():
        made = [_open_survey(desk, columns), _closed_survey(desk, columns)]
        made += [_consultation(desk, columns), _late_consultation(desk, columns), _unfinished(desk, columns)]
        _coming_interview(desk, columns["interaction.interviews"])
        _past_interview(desk, columns["interaction.interviews"])
    return len(made) + Interview.objects.count()


def _publish(desk: Desk, about: About, questions: Sequence[Question], at: dt.datetime) -> Survey:
    survey = begin_survey(about=about, by=desk.editor, at=at)
    if questions:
        survey = set_questions(survey=survey, questions=questions, version=None, by=desk.editor, at=at)
    survey = send_survey(survey=survey, by=desk.editor, at=at)
    survey = approve_survey(survey=survey, by=desk.reviewer, at=at, seen_findings=True)
    return publish_survey(survey=survey, by=desk.reviewer, at=at)


def _take(desk: Desk, survey: Survey, raw: Mapping[str, Any], at: dt.datetime) -> None:
    token = form_token(f"survey:{survey.pk}")
    answer(survey=survey, raw=raw, token=token, visitor=desk.visitor(), by=ANONYMOUS, at=at)


def _about(column: Column, title: str, title_en: str, intro: str, intro_en: str, **more: Any) -> About:
    values: dict[str, Any] = {"kind": Survey.Kind.QUESTIONNAIRE, "unit": column.unit} | more
    return About(column=column, title=title, title_en=title_en, intro=intro, intro_en=intro_en, **values)


def _open_survey(desk: Desk, columns: Mapping[str, Column]) -> Survey:
    about = _about(
        columns["interaction.surveys"],
        "政务服务大厅办事体验调查",
        "Your experience at the service halls",
        EASY,
        EASY_EN,
        opens_at=desk.ago(6),
        closes_at=desk.now + dt.timedelta(days=24),
    )
    survey = _publish(desk, about, read(EXPERIENCE), desk.ago(7))
    for _number in range(30):
        _take(desk, survey, _experience(desk.rng), desk.ago(desk.rng.uniform(0.1, 5.9)))
    return survey


def _experience(rng: random.Random) -> dict[str, Any]:
    came = rng.choice(("hall", "hall", "online", "both"))
    return {
        "q1": came,
        "q2": rng.sample(["queue", "material", "guide", "parking"], rng.randint(1, 3)) if came != "online" else [],
        "q3": str(rng.choice((3, 4, 4, 5, 5))),
        "q4": str(rng.randint(5, 120)) if came != "online" else "",
        "q5": "",
    }


def _closed_survey(desk: Desk, columns: Mapping[str, Column]) -> Survey:
    about = _about(
        columns["interaction.surveys"],
        "“高效办成一件事”满意度调查",
        "How well does “one matter, done at once” work?",
        EASY,
        EASY_EN,
        opens_at=desk.ago(40),
        closes_at=desk.ago(10),
    )
    survey = _publish(desk, about, read(SATISFACTION), desk.ago(41))
    for number in range(160):
        raw = {
            "q1": desk.rng.choices(("birth", "company", "retire", "house"), (3, 5, 2, 4))[0],
            "q2": desk.rng.choices(("1", "2", "3", "4", "5"), (1, 2, 6, 14, 12))[0],
            "q3": desk.rng.sample(["fewer", "faster", "clear", "once"], desk.rng.randint(1, 3)),
            "q4": COMMENTS[number // 8] if number % 8 == 0 and number // 8 < len(COMMENTS) else "",
        }
        _take(desk, survey, raw, desk.ago(desk.rng.uniform(10.1, 39.9)))
    keep_time(at=desk.ago(9.99))
    _moderate(desk, survey, desk.ago(9))
    return survey


def _moderate(desk: Desk, survey: Survey, at: dt.datetime) -> None:
    for number, comment in enumerate(Comment.objects.filter(survey=survey).order_by("text")):
        if number:
            show_comment(comment=comment, by=desk.editor, at=at, seen_findings=True)
        else:
            hide_comment(comment=comment, reason="与本次调查无关", by=desk.editor, at=at)


def _draft(desk: Desk, column: Column, title: str, days: float) -> Any:
    content = {"title": title, "body": PARKING_BODY, "source": "湖北省政务服务管理办公室（演示）", "kind": "notice"}
    return take_in(column=column, content=content, by=system_actor("demonstration"), at=desk.ago(days))


def _unfinished(desk: Desk, columns: Mapping[str, Column]) -> Survey:
    """Leave a questionnaire that is still being built."""
    about = _about(
        columns["interaction.surveys"],
        "社区便民服务点需求调查",
        "Which services do you need in your neighborhood?",
        EASY,
        EASY_EN,
        opens_at=desk.now + dt.timedelta(days=3),
        closes_at=desk.now + dt.timedelta(days=33),
    )
    survey = begin_survey(about=about, by=desk.editor, at=desk.ago(1))
    return set_questions(survey=survey, questions=read(EXPERIENCE[:3]), version=None, by=desk.editor, at=desk.ago(1))


def _consultation(desk: Desk, columns: Mapping[str, Column]) -> Survey:
    column = columns["interaction.consultations"]
    about = _about(
        column,
        "《公共停车场收费公示办法（征求意见稿）》公开征求意见",
        "Consultation on the draft rules for showing parking fees",
        "现就征求意见稿向社会公开征求意见，欢迎提出意见和理由。（演示内容）",
        "Everyone is invited to comment on this draft. (Demonstration)",
        kind=Survey.Kind.CONSULTATION,
        article=_draft(desk, column, "公共停车场收费公示办法（征求意见稿）（演示）", 58),
        opens_at=desk.ago(57),
        closes_at=desk.ago(26),
    )
    survey = _publish(desk, about, (), desk.ago(57.5))
    for text in OPINIONS:
        _take(desk, survey, {"q1": text}, desk.ago(desk.rng.uniform(26.5, 56)))
    keep_time(at=desk.ago(25.99))
    for comment in Comment.objects.filter(survey=survey):
        show_comment(comment=comment, by=desk.editor, at=desk.ago(25), seen_findings=True)
    items = [Opinion.model_validate(row) for row in RESPONSES]
    save_summary(survey=survey, text=OUTCOME, items=items, by=desk.editor, at=desk.ago(14))
    send_summary(survey=survey, by=desk.editor, at=desk.ago(13.5))
    publish_summary(survey=survey, by=desk.reviewer, at=desk.ago(13), seen_findings=True)
    return survey


def _late_consultation(desk: Desk, columns: Mapping[str, Column]) -> Survey:
    """Leave a consultation without outcome past its limit, so that the desk has something to show."""
    column = columns["interaction.consultations"]
    about = _about(
        column,
        "《政务服务中心窗口延时服务规定（征求意见稿）》公开征求意见",
        "Consultation on longer opening hours of service windows",
        "现就窗口延时服务的时间、范围和预约方式公开征求意见。（演示内容）",
        "Please comment on the hours, the services and the booking. (Demonstration)",
        kind=Survey.Kind.CONSULTATION,
        article=_draft(desk, column, "政务服务中心窗口延时服务规定（征求意见稿）（演示）", 92),
        opens_at=desk.ago(91),
        closes_at=desk.ago(60),
    )
    survey = _publish(desk, about, (), desk.ago(91.5))
    for text in OPINIONS[:3]:
        _take(desk, survey, {"q1": text}, desk.ago(desk.rng.uniform(61, 90)))
    keep_time(at=desk.ago(59.99))
    return survey


def _announce(desk: Desk, plan: Plan, at: dt.datetime) -> Interview:
    interview = begin_interview(plan=plan, by=desk.editor, at=at)
    interview = send_interview(interview=interview, by=desk.editor, at=at)
    interview = approve_interview(interview=interview, by=desk.reviewer, at=at, seen_findings=True)
    return publish_interview(interview=interview, by=desk.reviewer, at=at)


def _asked(desk: Desk, interview: Interview, name: str, text: str, at: dt.datetime) -> Any:
    token = form_token(f"interview:{interview.pk}")
    return ask(interview=interview, name=name, text=text, token=token, visitor=desk.visitor(), by=ANONYMOUS, at=at)


def _coming_interview(desk: Desk, column: Column) -> None:
    start = (desk.now + dt.timedelta(days=4)).replace(hour=10, minute=0, second=0, microsecond=0)
    plan = Plan(
        column=column,
        unit=column.unit,
        title="年底前，哪些事项可以在家门口办",
        title_en="Which services come to your neighborhood this year",
        intro="省政务服务管理办公室负责人将介绍基层便民服务点的安排，并在线回答网友提问。现在就可以提问。（演示内容）",
        intro_en="Officials explain the neighborhood service points and answer your questions. You can ask now. (Demonstration)",
        host="陈佳（演示）",
        guests="林知远，省政务服务管理办公室副主任（演示）\n沈若兰，标准和服务处处长（演示）",
        starts_at=start,
        ends_at=start + dt.timedelta(hours=1),
    )
    interview = _announce(desk, plan, desk.ago(2))
    for number, (name, text, _answered) in enumerate(INTERVIEW_ASKED[:3]):
        question = _asked(desk, interview, name, text, desk.ago(1.5 - number / 4))
        if number == 0:
            approve_question(question=question, shown_text=text, by=desk.editor, at=desk.ago(1), seen_findings=True)


def _past_interview(desk: Desk, column: Column) -> None:
    start = desk.ago(12).replace(hour=10, minute=0, second=0, microsecond=0)
    plan = Plan(
        column=column,
        unit=column.unit,
        title="办一家小餐饮店，要跑几趟",
        title_en="Opening a small restaurant: how many visits does it take",
        intro="请来市场监管和政务服务的同志，说一说开小餐饮店的手续怎样办得更快。（演示内容）",
        intro_en="How to get the licenses for a small restaurant faster. (Demonstration)",
        host="陈佳（演示）",
        guests="程立，市场监督管理局行政审批科（演示）\n林知远，省政务服务管理办公室副主任（演示）",
        starts_at=start,
        ends_at=start + dt.timedelta(hours=1),
    )
    interview = _announce(desk, plan, start - dt.timedelta(days=5))
    questions = []
    for name, text, _answered in INTERVIEW_ASKED:
        question = _asked(desk, interview, name, text, start - dt.timedelta(hours=5))
        at = start - dt.timedelta(hours=1)
        questions.append(
            approve_question(question=question, shown_text=text, by=desk.editor, at=at, seen_findings=True)
        )
    start_interview(interview=interview, by=desk.editor, at=start)
    at = start
    for kind, speaker, text in INTERVIEW_OPENING:
        at += dt.timedelta(minutes=3)
        say(interview=interview, kind=InterviewLine.Kind(kind), speaker=speaker, text=text, by=desk.editor, at=at)
    for question, (_name, _text, answered) in zip(questions, INTERVIEW_ASKED, strict=True):
        at += dt.timedelta(minutes=6)
        answer_question(question=question, speaker="程立（演示）", text=answered, by=desk.editor, at=at)
    end_interview(interview=interview, by=desk.editor, at=start + dt.timedelta(hours=1))
    send_transcript(interview=interview, by=desk.editor, at=start + dt.timedelta(hours=5))
    publish_transcript(interview=interview, by=desk.reviewer, at=start + dt.timedelta(hours=8), seen_findings=True)
