"""A questionnaire as an editor builds it, and the declared form that is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from tongban.foundation.forms.schema import FormSpec

Kind = Literal["single", "multiple", "scale", "text", "long", "number", "date"]
KINDS: tuple[Kind, ...] = ("single", "multiple", "scale", "text", "long", "number", "date")
CHOSEN = frozenset({"single", "multiple", "scale"})
"""Kinds answered by choosing; only these may decide whether a later question shows."""
WRITTEN = frozenset({"text", "long"})
"""Kinds answered in free words: these are moderated before anyone else sees them."""
STEP = "questions"
LONGEST_LINE = 200
LONGEST_TEXT = 2000
MOST_QUESTIONS = 60
MOST_OPTIONS = 30
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_LINE)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Strict):
    """One answer to choose; ``value`` stays while the words may be mended."""

    value: str
    title: Line
    title_en: Line = ""


class When(_Strict):
    """Shows a question only if an earlier one was answered with one of these values."""

    question: str
    values: tuple[str, ...]


class Question(_Strict):
    """One question. A scale goes from 1 to ``points``, its ends named by ``low`` and ``high``."""

    id: str
    kind: Kind
    title: Line
    title_en: Line = ""
    hint: Line = ""
    hint_en: Line = ""
    required: bool = True
    options: tuple[Choice, ...] = ()
    most: int | None = Field(default=None, ge=1)
    points: int = Field(default=5, ge=3, le=10)
    low: Line = ""
    low_en: Line = ""
    high: Line = ""
    high_en: Line = ""
    least: int | None = None
    greatest: int | None = None
    when: When | None = None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return what can be chosen, the points of a scale included."""
        return self.options if self.kind != "scale" else tuple(self._point(n) for n in range(1, self.points + 1))

    def _point(self, number: int) -> Choice:
        ends = {1: (self.low, self.low_en), self.points: (self.high, self.high_en)}
        zh, en = ends.get(number, ("", ""))
        return Choice(value=str(number), title=f"{number} {zh}".strip(), title_en=f"{number} {en or zh}".strip())


_MANY = TypeAdapter(tuple[Question, ...])


def read(plain: Any) -> tuple[Question, ...]:
    """Return stored questions."""
    return _MANY.validate_python(plain)


def plain(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Return questions as JSON values."""
    return [question.model_dump(mode="json", exclude_defaults=True) for question in questions]


def next_id(questions: Sequence[Question]) -> str:
    """Return an id no question has or had before those that are there."""
    return f"q{max((int(question.id[1:]) for question in questions), default=0) + 1}"


def placed(questions: Sequence[Question], changed: Question) -> tuple[Question, ...]:
    """Return the questions with one replaced, or added at the end."""
    if changed.id in {question.id for question in questions}:
        return tuple(changed if question.id == changed.id else question for question in questions)
    return (*questions, changed)


def moved(questions: Sequence[Question], key: str, by: int) -> tuple[Question, ...]:
    """Return the questions with one a place further up (-1) or down (1); at the edge nothing changes."""
    rows = list(questions)
    here = next((place for place, question in enumerate(rows) if question.id == key), None)
    if here is None or not 0 <= here + by < len(rows):
        return tuple(rows)
    rows[here], rows[here + by] = rows[here + by], rows[here]
    return tuple(rows)


def without(questions: Sequence[Question], key: str) -> tuple[Question, ...]:
    """Return the questions without one; conditions that looked at it go too."""
    left = (question for question in questions if question.id != key)
    return tuple(
        question.model_copy(update={"when": None}) if question.when and question.when.question == key else question
        for question in left
    )


@dataclass(frozen=True, slots=True)
class Mistake:
    """What keeps a questionnaire from review: a code and the number of the question (0: the whole)."""

    code: str
    number: int = 0


def mistakes(questions: Sequence[Question]) -> list[Mistake]:
    """Return everything that does not fit."""
    found = [Mistake("no_questions")] if not questions else []
    seen: dict[str, Question] = {}
    for number, question in enumerate(questions, 1):
        found += [Mistake(code, number) for code in _wrong(question, seen)]
        seen[question.id] = question
    return found


def _wrong(question: Question, seen: dict[str, Question]) -> Iterable[str]:
    if question.kind in ("single", "multiple"):
        titles = [choice.title for choice in question.options]
        if len(titles) < 2:
            yield "few_options"
        if len(set(titles)) < len(titles):
            yield "same_options"
    if question.most and question.most > max(1, len(question.options)):
        yield "most_too_high"
    if question.least is not None and question.greatest is not None and question.least > question.greatest:
        yield "limits_crossed"
    if question.when is not None:
        target = seen.get(question.when.question)
        if target is None:
            yield "condition_later"
        elif not set(question.when.values) <= {choice.value for choice in target.choices}:
            yield "condition_unknown"


def build(code: str, title: str, title_en: str, questions: Sequence[Question]) -> FormSpec:
    """Return the declared form of a questionnaire: one page, one field a question, the same ids."""
    plain_spec = {
        "id": code,
        "version": 1,
        "title": _both(title, title_en),
        "steps": [{"id": STEP, "title": _both(title, title_en), "fields": [_field(each) for each in questions]}],
    }
    return FormSpec.model_validate(plain_spec)


def _both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en or zh}


def _field(question: Question) -> dict[str, Any]:
    field: dict[str, Any] = {
        "id": question.id,
        "type": _TYPES[question.kind],
        "label": _both(question.title, question.title_en),
        "required": question.required,
        **_own(question),
    }
    if question.hint:
        field["hint"] = _both(question.hint, question.hint_en)
    if question.when is not None:
        field["when"] = {"field": question.when.question, "in": list(question.when.values)}
    return field


_TYPES: dict[Kind, str] = {
    "single": "choice",
    "multiple": "choices",
    "scale": "choice",
    "text": "text",
    "long": "textarea",
    "number": "integer",
    "date": "date",
}


def _own(question: Question) -> dict[str, Any]:
    if question.kind in CHOSEN:
        options = [
            {"value": choice.value, "label": _both(choice.title, choice.title_en)} for choice in question.choices
        ]
        found: dict[str, Any] = {"options": options}
        return found | {"max": question.most} if question.kind == "multiple" else found
    if question.kind == "number":
        return {"min": question.least, "max": question.greatest, "example": question.least or 0}
    if question.kind == "date":
        return {"example": "today"}
    return {"max_length": LONGEST_LINE if question.kind == "text" else LONGEST_TEXT, "example": "无"}
