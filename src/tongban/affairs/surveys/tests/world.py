"""A small site group with the columns for surveys and interviews, and people for each step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tongban.affairs.surveys.actions.answering import Visitor, answer, form_token
from tongban.affairs.surveys.actions.building import About, begin_survey, set_questions
from tongban.affairs.surveys.actions.deciding import approve_survey, publish_survey, send_survey
from tongban.affairs.surveys.actions.interviewing import (
    Plan,
    approve_interview,
    begin_interview,
    publish_interview,
    send_interview,
)
from tongban.affairs.surveys.models import Answer, Interview, Survey
from tongban.affairs.surveys.rules.questions import Question, read
from tongban.engines.publishing.models import Article, Column, Placement
from tongban.engines.publishing.tests.world import AT, World, make_column, make_world
from tongban.foundation.organizations.actor import ANONYMOUS, Actor

DAY = dt.timedelta(days=1)
QUESTIONS: tuple[Question, ...] = read(
    [
        {
            "id": "q1",
            "kind": "single",
            "title": "怎样来的",
            "title_en": "How did you come?",
            "options": [{"value": "bus", "title": "公交"}, {"value": "car", "title": "开车"}],
        },
        {
            "id": "q2",
            "kind": "text",
            "title": "停在哪里",
            "required": False,
            "when": {"question": "q1", "values": ["car"]},
        },
        {"id": "q3", "kind": "scale", "title": "满意吗", "points": 5},
    ]
)


@dataclass
class Talks:
    """The world with its three columns."""

    world: World
    surveys: Column
    consultations: Column
    interviews: Column

    @property
    def editor(self) -> Actor:
        return self.world.editor

    @property
    def reviewer(self) -> Actor:
        return self.world.reviewer

    @property
    def publisher(self) -> Actor:
        return self.world.publisher


def make_talks() -> Talks:
    world = make_world()
    made = make_column(world.main, "/interaction/", world.province, kind="top", watch="none", update_cycle_days=None)
    columns = {}
    for name in ("surveys", "consultations", "interviews"):
        kind = "list" if name == "consultations" else "service"
        columns[name] = make_column(
            world.main, f"/interaction/{name}/", world.province, made, kind=kind, watch="none",
            update_cycle_days=None, scheme_code=f"interaction.{name}",
        )  # fmt: skip
    return Talks(world, **columns)


def about(talks: Talks, **more: Any) -> About:
    values: dict[str, Any] = {
        "kind": Survey.Kind.QUESTIONNAIRE, "column": talks.surveys, "unit": talks.world.province, "title": "出行调查",
        "intro": "请告诉我们。", "opens_at": AT, "closes_at": AT + 10 * DAY,
    }  # fmt: skip
    return About(**(values | more))


def built(talks: Talks, questions: tuple[Question, ...] = QUESTIONS, **more: Any) -> Survey:
    survey = begin_survey(about=about(talks, **more), by=talks.editor, at=AT - DAY)
    return set_questions(survey=survey, questions=questions, version=None, by=talks.editor, at=AT - DAY)


def published(talks: Talks, questions: tuple[Question, ...] = QUESTIONS, **more: Any) -> Survey:
    survey = send_survey(survey=built(talks, questions, **more), by=talks.editor, at=AT - DAY)
    survey = approve_survey(survey=survey, by=talks.reviewer, at=AT - DAY)
    return publish_survey(survey=survey, by=talks.publisher, at=AT - DAY)


def draft_article(talks: Talks) -> Article:
    article = Article.objects.create(
        column=talks.consultations, unit=talks.world.province, kind="notice", status="published", stage="done",
        title="征求意见稿", body="<p>第一条</p>", published_at=AT, first_published_at=AT, stage_since=AT, created_at=AT,
        latest_n=1, published_n=1,
    )  # fmt: skip
    Placement.objects.create(article=article, column=talks.consultations, is_home=True, live=True, published_at=AT)
    return article


def consultation(talks: Talks) -> Survey:
    more = {"kind": Survey.Kind.CONSULTATION, "column": talks.consultations, "article": draft_article(talks)}
    opinion = read([{"id": "q1", "kind": "long", "title": "意见"}])
    return published(talks, opinion, title="征求意见", **more)


def visitor(number: int) -> Visitor:
    return Visitor(f"192.0.2.{number}", "browser")


def give(
    survey: Survey, raw: dict[str, Any] | None = None, *, who: Visitor | None = None, by: Actor = ANONYMOUS,
    at: dt.datetime = AT + DAY, token: str = "",
) -> Answer | None:  # fmt: skip
    token = token or form_token(f"survey:{survey.pk}")
    raw = {"q1": "bus", "q3": "4"} if raw is None else raw
    return answer(survey=survey, raw=raw, token=token, visitor=who or visitor(1), by=by, at=at)


def announced(talks: Talks) -> Interview:
    plan = Plan(
        column=talks.interviews, unit=talks.world.province, title="访谈", intro="欢迎提问。", host="主持人甲", guests="嘉宾乙，局长",
        starts_at=AT + DAY, ends_at=AT + DAY + dt.timedelta(hours=1),
    )  # fmt: skip
    row = send_interview(interview=begin_interview(plan=plan, by=talks.editor, at=AT), by=talks.editor, at=AT)
    row = approve_interview(interview=row, by=talks.reviewer, at=AT)
    return publish_interview(interview=row, by=talks.publisher, at=AT)
