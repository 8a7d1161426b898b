"""Surveys and interviews as strangers see them: no kept page tells an old state, and everything typed stays."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from tongban.affairs.surveys.actions.asking import approve_question
from tongban.affairs.surveys.actions.deciding import publish_results
from tongban.affairs.surveys.actions.interviewing import say, start_interview
from tongban.affairs.surveys.models import Answer, InterviewQuestion, Survey
from tongban.affairs.surveys.tests.world import Talks, announced, make_talks, published
from tongban.engines.publishing import queries as publishing
from tongban.foundation.clock.now import now
from tongban.interfaces.portal.serving.middleware import STORE

COLUMN = "/columns/interaction/surveys/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def talks(db: None) -> Talks:
    STORE.clear()
    publishing.forget()
    return make_talks()


def opened(talks: Talks) -> Survey:
    survey = published(talks)
    Survey.objects.filter(pk=survey.pk).update(opens_at=now() - HOUR, closes_at=now() + HOUR)
    survey.refresh_from_db()
    return survey


def body(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def form(client: Client, path: str, **values: Any) -> dict[str, Any]:
    html = body(client, path)
    hidden = dict(re.findall(r'<input type="hidden"[^>]* name="(token|_shown)" value="([^"]*)"', html))
    return hidden | values


def test_a_stranger_answers_and_the_results_appear_at_once_in_the_kept_list(talks: Talks, client: Client) -> None:
    survey = opened(talks)
    path = f"/surveys/{survey.pk}/"
    assert survey.title in body(client, COLUMN)
    answer = client.post(path, form(client, path, q1="bus", q3="4"))
    assert answer.status_code == 302
    assert answer["Location"].endswith("/thanks/")
    body(client, answer["Location"])
    assert Answer.objects.count() == 1
    assert "results/" not in body(client, COLUMN)
    body(client, f"{path}results/", 404)
    publish_results(survey=survey, by=talks.publisher, at=now())
    assert "results/" in body(client, COLUMN)
    assert survey.title in body(client, f"{path}results/")


def test_wrong_and_repeated_answers_keep_everything_typed(talks: Talks, client: Client) -> None:
    path = f"/surveys/{opened(talks).pk}/"
    wrong = client.post(path, form(client, path, q1="bus"))
    assert wrong.status_code == 422
    assert 'value="bus" checked' in wrong.content.decode()
    client.post(path, form(client, path, q1="bus", q3="4"))
    again = client.post(path, form(client, path, q1="bus", q3="5"))
    assert again.status_code == 422
    assert 'value="5" checked' in again.content.decode()
    assert Answer.objects.count() == 1


def test_a_choice_that_brings_another_question_shows_it_without_script(talks: Talks, client: Client) -> None:
    survey = opened(talks)
    path = f"/surveys/{survey.pk}/"
    refreshed = client.post(path, form(client, path, q1="car", _refresh="1"))
    assert refreshed.status_code == 200
    assert 'name="q2"' in refreshed.content.decode()
    assert 'name="q2"' not in body(client, path)


def test_a_draft_is_not_found_and_a_closed_survey_has_no_form(talks: Talks, client: Client) -> None:
    survey = opened(talks)
    Survey.objects.filter(pk=survey.pk).update(opens_at=now() - 2 * HOUR, closes_at=now() - HOUR)
    assert "<textarea" not in body(client, f"/surveys/{survey.pk}/")
    Survey.objects.filter(pk=survey.pk).update(stage="draft")
    body(client, f"/surveys/{survey.pk}/", 404)
    body(client, f"/sites/wuhan/surveys/{survey.pk}/", 404)


def test_an_interview_is_never_shown_from_memory(talks: Talks, client: Client) -> None:
    interview = announced(talks)
    path = f"/interviews/{interview.pk}/"
    sent = client.post(path, form(client, path, name="老李", text="几点开门？"))
    assert sent.status_code == 302
    assert "几点开门" not in body(client, path)
    question = InterviewQuestion.objects.get()
    approve_question(question=question, shown_text=question.text, by=talks.editor, at=now())
    assert "几点开门" in body(client, path)
    interview = start_interview(interview=interview, by=talks.editor, at=now())
    body(client, path)
    say(interview=interview, kind="host", speaker="主持人甲", text="大家上午好", by=talks.editor, at=now())
    assert "大家上午好" in body(client, path)
    more = client.get(f"{path}lines/?after=0")
    assert more["X-Live"] == "1"
    assert "大家上午好" in more.content.decode()
    assert "大家上午好" not in body(client, f"{path}lines/?after=1")
    empty = client.post(path, form(client, path, name="老李", text=" "))
    assert empty.status_code == 422
    assert "老李" in empty.content.decode()
