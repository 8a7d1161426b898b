"""The results of a survey as pages and files show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.affairs.surveys.models import Answer, Comment, Survey
from tongban.affairs.surveys.rules.counting import Counted, Result, count, hides
from tongban.affairs.surveys.rules.questions import CHOSEN, WRITTEN, Question

MOST_SHOWN = 100
"""Comments of one question on the page of the results."""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One answer with how often it was given, and its share of those who answered in percent."""

    title: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question with its count. ``few`` means that too few answered to show what."""

    number: int
    title: str
    kind: str
    answered: int
    parts: tuple[PartRow, ...]
    average: float | None
    few: bool
    several: bool
    comments: tuple[str, ...] = ()


def result_of(survey: Survey) -> Result:
    """Return the count: the one kept at the close, or the present one."""
    if survey.result is not None:
        return Result.model_validate(survey.result)
    answers = Answer.objects.filter(survey=survey).values_list("values", flat=True)
    return count(survey.asked, answers.iterator(chunk_size=2000))


def said(zh: str, en: str) -> str:
    """Return a text in the reader's language, Chinese where there is no English one."""
    return en if en and (get_language() or "").startswith("en") else zh


def rows_of(survey: Survey, result: Result, *, public: bool) -> list[QuestionRow]:
    """Return the questions with their counts.

    :param public: leave out distributions of too few answers, and show the comments that may be shown
    """
    questions = {question.id: question for question in survey.asked}
    shown = _shown(survey) if public else {}
    return [
        _row(number, questions[counted.id], counted, public, tuple(shown.get(counted.id, ())))
        for number, counted in enumerate(result.questions, 1)
        if counted.id in questions
    ]


def _shown(survey: Survey) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = Comment.objects.filter(survey=survey, state=Comment.State.SHOWN).order_by("pk")
    for question, text in rows.values_list("question", "text"):
        if len(found.setdefault(question, [])) < MOST_SHOWN:
            found[question].append(text)
    return found


def _row(number: int, question: Question, counted: Counted, public: bool, comments: tuple[str, ...]) -> QuestionRow:  # noqa: FBT001
    few = public and question.kind not in WRITTEN and hides(counted)
    titles = {choice.value: said(choice.title, choice.title_en) for choice in question.choices}
    parts = tuple(
        PartRow(titles.get(part.value, part.value), part.count, _share(part.count, counted.answered))
        for part in counted.parts
    )
    return QuestionRow(
        number=number,
        title=said(question.title, question.title_en),
        kind=question.kind,
        answered=counted.answered,
        parts=() if few else parts,
        average=None if few else counted.average,
        few=few,
        several=question.kind == "multiple",
        comments=comments,
    )


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def sheet_heads(survey: Survey) -> list[str]:
    """Return the heads of the table of answers: the day, then one column a question."""
    return [_("日期"), *(f"{number}. {each.title}" for number, each in enumerate(survey.asked, 1))]


def sheet_rows(survey: Survey) -> Iterator[Sequence[str]]:
    """Yield every answer for the unit's own use, one a line, by day and else in no order that tells who came when."""
    words: dict[object, dict[str, str]] = {}
    for key, question, text in Comment.objects.filter(survey=survey).values_list("answer", "question", "text"):
        words.setdefault(key, {})[question] = text
    questions = survey.asked
    answers = Answer.objects.filter(survey=survey).order_by("answered_on", "pk")
    for answer in answers.iterator(chunk_size=2000):
        own = words.get(answer.pk, {})
        cells = [own.get(each.id) or _cell(each, answer.values.get(each.id)) for each in questions]
        yield [answer.answered_on.isoformat(), *cells]


def _cell(question: Question, value: object) -> str:
    if value is None:
        return ""
    if question.kind not in CHOSEN:
        return str(value)
    titles = {choice.value: choice.title for choice in question.choices}
    given = value if isinstance(value, list) else [value]
    return "；".join(titles.get(str(each), str(each)) for each in given)
