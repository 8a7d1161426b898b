"""Interviews: asked, moderated, answered, put in order, reviewed."""

from __future__ import annotations

import pytest

from tongban.affairs.surveys.actions.answering import form_token
from tongban.affairs.surveys.actions.asking import approve_question, ask, decline_question
from tongban.affairs.surveys.actions.interviewing import answer_question, end_interview, say, start_interview
from tongban.affairs.surveys.actions.transcribing import (
    Passage,
    publish_transcript,
    return_transcript,
    save_transcript,
    send_transcript,
)
from tongban.affairs.surveys.errors import SurveyRefusedError
from tongban.affairs.surveys.models import Gate, Interview, InterviewQuestion
from tongban.affairs.surveys.queries.interviews import lines_of, phase_of
from tongban.affairs.surveys.tests.world import DAY, Talks, announced, visitor
from tongban.engines.publishing.tests.world import AT
from tongban.foundation.organizations.actor import ANONYMOUS
from tongban.foundation.organizations.permissions import NotAllowedError

LIVE = AT + DAY


def asked(interview: Interview, text: str = "几点开门？", number: int = 1) -> InterviewQuestion:
    token = form_token(f"interview:{interview.pk}")
    made = ask(interview=interview, name="", text=text, token=token, visitor=visitor(number), by=ANONYMOUS, at=AT)
    assert made is not None
    return made


def test_a_question_is_seen_only_after_it_was_read(talks: Talks) -> None:
    interview = announced(talks)
    question = asked(interview)
    assert question.state == "waiting"
    with pytest.raises(NotAllowedError):
        approve_question(question=question, shown_text=question.text, by=talks.world.city_editor, at=AT)
    approve_question(question=question, shown_text=question.text, by=talks.editor, at=AT)
    with pytest.raises(SurveyRefusedError) as caught:
        decline_question(question=asked(interview, number=2), reason="", by=talks.editor, at=AT)
    assert caught.value.code == "reason_missing"


def test_personal_data_of_a_question_must_go_before_it_is_shown(talks: Talks) -> None:
    question = asked(announced(talks), "我是 11010519491231002X，几点开门？")
    with pytest.raises(SurveyRefusedError) as caught:
        approve_question(question=question, shown_text=question.text, by=talks.editor, at=AT, seen_findings=True)
    assert caught.value.code == "blocking_findings"
    assert (
        approve_question(question=question, shown_text="几点开门？", by=talks.editor, at=AT).shown_text == "几点开门？"
    )


def test_one_browser_asks_three_questions_a_day(talks: Talks) -> None:
    interview = announced(talks)
    for _number in range(3):
        asked(interview)
    with pytest.raises(SurveyRefusedError) as caught:
        asked(interview)
    assert caught.value.code == "asked_enough"


def test_the_text_grows_while_it_is_live_and_is_checked_before_each_passage(talks: Talks) -> None:
    interview = announced(talks)
    with pytest.raises(SurveyRefusedError) as caught:
        say(interview=interview, kind="host", speaker="主持人甲", text="大家好", by=talks.editor, at=AT)
    assert caught.value.code == "not_live"
    question = approve_question(question=asked(interview), shown_text="几点开门？", by=talks.editor, at=AT)
    interview = start_interview(interview=interview, by=talks.editor, at=LIVE)
    say(interview=interview, kind="host", speaker="主持人甲", text="大家好", by=talks.editor, at=LIVE)
    with pytest.raises(SurveyRefusedError) as caught:
        say(interview=interview, kind="guest", speaker="乙", text="卡号 11010519491231002X", by=talks.editor, at=LIVE)
    assert caught.value.code == "blocking_findings"
    answer_question(question=question, speaker="嘉宾乙", text="九点。", by=talks.editor, at=LIVE)
    assert [line.text for line in lines_of(interview)] == ["大家好", "几点开门？", "九点。"]
    assert [line.number for line in lines_of(interview, after=1)] == [2, 3]
    with pytest.raises(SurveyRefusedError) as caught:
        answer_question(question=question, speaker="嘉宾乙", text="九点。", by=talks.editor, at=LIVE)
    assert caught.value.code == "same_question"


def test_after_the_end_the_transcript_goes_through_other_hands(talks: Talks) -> None:
    interview = start_interview(interview=announced(talks), by=talks.editor, at=LIVE)
    for text in ("大家好", "嗯", "再见"):
        say(interview=interview, kind="host", speaker="主持人甲", text=text, by=talks.editor, at=LIVE)
    interview = end_interview(interview=interview, by=talks.editor, at=LIVE)
    assert Gate.objects.get(pk=interview.gate_id).key == ""
    with pytest.raises(SurveyRefusedError):
        asked(interview)
    passages = {1: Passage("大家好！"), 2: Passage("", dropped=True)}
    interview = save_transcript(interview=interview, passages=passages, by=talks.editor, at=LIVE)
    assert [line.text for line in lines_of(interview)] == ["大家好", "嗯", "再见"]
    interview = send_transcript(interview=interview, by=talks.editor, at=LIVE)
    with pytest.raises(SurveyRefusedError):
        save_transcript(interview=interview, passages=passages, by=talks.editor, at=LIVE)
    interview = return_transcript(interview=interview, reason="改标点", by=talks.reviewer, at=LIVE)
    interview = send_transcript(interview=interview, by=talks.editor, at=LIVE)
    interview = publish_transcript(interview=interview, by=talks.reviewer, at=LIVE)
    assert phase_of(interview) == "published"
    assert [line.text for line in lines_of(interview)] == ["大家好！", "再见"]
