"""Counts answers: of each question how many answered and what, so that the parts always make up the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from tongban.affairs.surveys.rules.questions import CHOSEN, WRITTEN, Question

FEWEST = 5
"""Below so many answers to a question its distribution is not published: single people could be recognized."""
MOST_BINS = 8


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Frozen):
    """How often one answer was given. ``value`` names the option, or the bounds of a range of numbers, or a month."""

    value: str
    count: int


class Counted(_Frozen):
    """One question: how many answered it, and what. ``average`` is that of scales and numbers."""

    id: str
    answered: int
    parts: tuple[Part, ...] = ()
    average: float | None = None


class Result(_Frozen):
    """The count of a whole survey."""

    answers: int
    questions: tuple[Counted, ...]


def count(questions: Sequence[Question], answers: Iterable[Mapping[str, Any]]) -> Result:
    """Count answers, each a mapping of question ids to values; free words are only counted, not read."""
    given: dict[str, list[Any]] = {question.id: [] for question in questions}
    total = 0
    for total, answer in enumerate(answers, 1):  # noqa: B007 - the last number is the total
        for key, value in answer.items():
            if key in given:
                given[key].append(value)
    return Result(answers=total, questions=tuple(_counted(question, given[question.id]) for question in questions))


def _counted(question: Question, values: list[Any]) -> Counted:
    if question.kind in CHOSEN:
        return _chosen(question, values)
    if question.kind == "number":
        return _numbers(question.id, [int(value) for value in values])
    if question.kind == "date":
        months = Counter(str(value)[:7] for value in values)
        parts = tuple(Part(value=month, count=months[month]) for month in sorted(months))
        return Counted(id=question.id, answered=len(values), parts=parts)
    return Counted(id=question.id, answered=len(values))


def _chosen(question: Question, values: list[Any]) -> Counted:
    ticks = Counter(tick for value in values for tick in (value if isinstance(value, list) else [value]))
    parts = tuple(Part(value=choice.value, count=ticks[choice.value]) for choice in question.choices)
    average = None
    if question.kind == "scale" and values:
        average = round(sum(int(value) for value in values) / len(values), 2)
    return Counted(id=question.id, answered=len(values), parts=parts, average=average)


def _numbers(key: str, values: list[int]) -> Counted:
    """Gather numbers in at most ``MOST_BINS`` ranges of the same width."""
    if not values:
        return Counted(id=key, answered=0)
    low, high = min(values), max(values)
    width = max(1, -(-(high - low + 1) // MOST_BINS))
    bins = Counter((value - low) // width for value in values)
    parts = []
    for number in range((high - low) // width + 1):
        first, last = low + number * width, min(high, low + (number + 1) * width - 1)
        parts.append(Part(value=f"{first}" if first == last else f"{first}–{last}", count=bins[number]))
    return Counted(id=key, answered=len(values), parts=tuple(parts), average=round(sum(values) / len(values), 2))


def hides(counted: Counted) -> bool:
    """Tell whether too few answered for the distribution to be published."""
    return 0 < counted.answered < FEWEST


def split(questions: Sequence[Question], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Part an answer into what is counted and what was written in free words.

    A written answer leaves ``true`` among the counted, so that it is counted without its words.
    """
    written = {each.id for each in questions if each.kind in WRITTEN}
    words = {key: str(value) for key, value in values.items() if key in written and value}
    rest = {key: value for key, value in values.items() if key not in written and value not in (None, "", [])}
    return rest | dict.fromkeys(words, True), words
