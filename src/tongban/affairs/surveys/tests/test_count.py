"""Counting: the parts always make up the whole."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tongban.affairs.surveys.rules.counting import FEWEST, Counted, count, hides, split
from tongban.affairs.surveys.rules.questions import build, mistakes, moved, plain, read, without
from tongban.foundation.forms.rules import clean

QUESTIONS = read(
    [
        {"id": "q1", "kind": "single", "title": "一", "options": [{"value": v, "title": v} for v in "abc"]},
        {"id": "q2", "kind": "multiple", "title": "二", "options": [{"value": v, "title": v} for v in "abcd"]},
        {"id": "q3", "kind": "scale", "title": "三", "points": 7},
        {"id": "q4", "kind": "number", "title": "四"},
        {"id": "q5", "kind": "date", "title": "五"},
        {"id": "q6", "kind": "long", "title": "六"},
    ]
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "q1": st.sampled_from("abc"),
        "q2": st.lists(st.sampled_from("abcd"), min_size=1, unique=True),
        "q3": st.integers(1, 7).map(str),
        "q4": st.integers(-1000, 100_000),
        "q5": st.dates().map(lambda day: day.isoformat()),
        "q6": st.just(True),
    },
)


@given(st.lists(ANSWERS, max_size=60))
def test_the_parts_of_every_question_make_up_its_answers(answers: list[dict[str, Any]]) -> None:
    result = count(QUESTIONS, answers)
    assert result.answers == len(answers)
    for counted in result.questions:
        assert counted.answered == sum(counted.id in answer for answer in answers)
        total = sum(part.count for part in counted.parts)
        if counted.id == "q2":
            assert total == sum(len(answer.get("q2", [])) for answer in answers)
            assert all(part.count <= counted.answered for part in counted.parts)
        elif counted.id != "q6":
            assert total == counted.answered


@given(st.lists(ANSWERS, max_size=20), st.lists(ANSWERS, max_size=20))
def test_counting_two_lots_together_is_counting_them_apart(
    one: list[dict[str, Any]], two: list[dict[str, Any]]
) -> None:
    chosen = ("q1", "q2", "q3")
    both, first, second = (count(QUESTIONS, lot) for lot in ([*one, *two], one, two))
    for joint, left, right in zip(both.questions, first.questions, second.questions, strict=True):
        if joint.id in chosen:
            assert [part.count for part in joint.parts] == [
                a.count + b.count for a, b in zip(left.parts, right.parts, strict=True)
            ]


@given(st.lists(ANSWERS, max_size=20))
def test_the_order_of_answers_changes_nothing(answers: list[dict[str, Any]]) -> None:
    assert count(QUESTIONS, answers) == count(QUESTIONS, list(reversed(answers)))


def test_the_distribution_of_too_few_answers_is_hidden() -> None:
    assert hides(Counted(id="q1", answered=FEWEST - 1))
    assert not hides(Counted(id="q1", answered=FEWEST))
    assert not hides(Counted(id="q1", answered=0))


def test_free_words_are_parted_from_what_is_counted() -> None:
    values, words = split(QUESTIONS, {"q1": "a", "q6": "很好", "q2": []})
    assert values == {"q1": "a", "q6": True}
    assert words == {"q6": "很好"}


def test_a_built_questionnaire_is_a_declared_form_that_checks_answers() -> None:
    spec = build("survey_1", "题", "", QUESTIONS)
    today = dt.date(2026, 11, 20)
    wrong = clean(spec, {"q1": "z", "q3": "9", "q4": "x"}, today=today)
    assert {error.path for error in wrong.errors} == {"q1", "q2", "q3", "q4", "q5", "q6"}


def test_questions_keep_their_content_when_stored_and_read() -> None:
    assert read(plain(QUESTIONS)) == QUESTIONS


def test_a_condition_on_a_later_question_is_told_and_goes_with_its_question() -> None:
    asked = read(
        [
            {"id": "q1", "kind": "single", "title": "一", "options": [{"value": v, "title": v} for v in "ab"]},
            {"id": "q2", "kind": "text", "title": "二", "when": {"question": "q1", "values": ["a"]}},
        ]
    )
    assert not mistakes(asked)
    assert [each.code for each in mistakes(moved(asked, "q1", 1))] == ["condition_later"]
    assert without(asked, "q1")[0].when is None
