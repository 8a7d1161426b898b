"""The shape of ``packs/*/forms/*.yaml``: one form a file, its steps and typed fields.

Ids are stable across versions; every text is ``{zh: …, en: …}``. The slice's README shows one complete file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from tongban.foundation.packs.localized import LocalizedText

FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Sensitivity = Literal["identity", "personal"]
RegionLevel = Literal["city", "county", "town"]

DAY = re.compile(r"^(?:today(?:[+-]\d{1,5})?|\d{4}-\d{2}-\d{2})$")


def _day_text(value: Any) -> Any:
    """Accept a YAML date, an ISO date, or ``today``, ``today+30``, ``today-1``."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) and not DAY.match(value):
        msg = f"应为日期（如 2026-11-21）或 today、today+30、today-1，现为 {value!r}"
        raise ValueError(msg)
    return value


DayText = Annotated[str, BeforeValidator(_day_text)]


class Strict(BaseModel):
    """Refuses unknown keys, so that a misspelt one is reported with its line."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Strict):
    """When something shows: ``{field, in}``, or several joined by ``all`` or ``any``."""

    field: FieldId | None = None
    in_: list[str | bool] | None = Field(default=None, alias="in", min_length=1)
    all: list[Condition] | None = Field(default=None, min_length=1)
    any: list[Condition] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Condition:
        kinds = [self.field is not None or self.in_ is not None, self.all is not None, self.any is not None]
        if sum(kinds) != 1 or (kinds[0] and (self.field is None or self.in_ is None)):
            msg = "条件写成 {field: 字段, in: [值]}，或者 {all: [条件…]}、{any: [条件…]} 之一"
            raise ValueError(msg)
        return self

    def leaves(self) -> Iterator[Condition]:
        """Yield every ``{field, in}`` inside."""
        if self.field is not None:
            yield self
        for part in (*(self.all or ()), *(self.any or ())):
            yield from part.leaves()


class BaseField(Strict):
    """What every question has."""

    id: FieldId
    label: LocalizedText
    hint: LocalizedText | None = None
    required: bool = True
    when: Condition | None = None
    prefill: str = ""
    editable: bool = True
    sensitive: Sensitivity | None = None

    @model_validator(mode="after")
    def _prefill_named(self) -> BaseField:
        if not self.editable and not self.prefill:
            msg = "editable: false 的字段要写明 prefill 取自哪里"
            raise ValueError(msg)
        return self


class TextField(BaseField):
    """One line of text."""

    type: Literal["text"]
    min_length: int = Field(default=0, ge=0)
    max_length: int = Field(default=200, ge=1, le=2000)
    pattern: str = ""
    pattern_hint: LocalizedText | None = None
    width: Literal["short", "medium", "full"] = "full"
    example: str

    @model_validator(mode="after")
    def _pattern_explained(self) -> TextField:
        if not self.pattern:
            return self
        try:
            fits = re.fullmatch(self.pattern, self.example)
        except re.error as wrong:
            msg = f"pattern 不是有效的正则表达式：{wrong}"
            raise ValueError(msg) from wrong
        if self.pattern_hint is None:
            msg = "写了 pattern 就要写 pattern_hint，告诉申请人怎样填才对"
            raise ValueError(msg)
        if not fits:
            msg = f"example {self.example!r} 不符合 pattern"
            raise ValueError(msg)
        return self


class TextareaField(BaseField):
    """Several lines of text."""

    type: Literal["textarea"]
    min_length: int = Field(default=0, ge=0)
    max_length: int = Field(default=2000, ge=1, le=20000)
    rows: int = Field(default=5, ge=2, le=20)
    example: str


class IntegerField(BaseField):
    """A whole number."""

    type: Literal["integer"]
    min: int | None = None
    max: int | None = None
    unit: LocalizedText | None = None
    example: int


class DecimalField(BaseField):
    """A number with decimals, kept exactly."""

    type: Literal["decimal"]
    min: float | None = None
    max: float | None = None
    places: int = Field(default=2, ge=0, le=6)
    unit: LocalizedText | None = None
    example: float


class DateField(BaseField):
    """A date in three boxes."""

    type: Literal["date"]
    earliest: DayText | None = None
    latest: DayText | None = None
    example: DayText


class Option(Strict):
    """One answer to choose; ``value`` is stable across versions."""

    value: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    label: LocalizedText
    hint: LocalizedText | None = None


class _Options(BaseField):
    options: list[Option] = Field(min_length=2)

    @model_validator(mode="after")
    def _distinct(self) -> _Options:
        values = [option.value for option in self.options]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            msg = f"选项的 value 重复：{'、'.join(twice)}"
            raise ValueError(msg)
        return self

    def titles(self) -> dict[str, str]:
        """Return the label of each value in the present language."""
        return {option.value: str(option.label) for option in self.options}


class ChoiceField(_Options):
    """One of several: radio buttons up to seven options, a list beyond."""

    type: Literal["choice"]
    example: str = ""

    @model_validator(mode="after")
    def _example_known(self) -> ChoiceField:
        if self.example and self.example not in {option.value for option in self.options}:
            msg = f"example {self.example!r} 不在选项之中"
            raise ValueError(msg)
        return self


class ChoicesField(_Options):
    """Any number of several."""

    type: Literal["choices"]
    min: int = Field(default=1, ge=0)
    max: int | None = None
    example: list[str] = []

    @model_validator(mode="after")
    def _example_known(self) -> ChoicesField:
        strange = set(self.example) - {option.value for option in self.options}
        if strange:
            msg = f"example 中有不在选项之中的值：{'、'.join(sorted(strange))}"
            raise ValueError(msg)
        return self


class BooleanField(BaseField):
    """Yes or no; ``must`` makes it a declaration that has to be ticked."""

    type: Literal["boolean"]
    must: bool = False
    example: bool | None = None


class PhoneField(BaseField):
    """A mobile number or a landline with area code."""

    type: Literal["phone"]
    sensitive: Sensitivity | None = "personal"
    example: str = "13900000000"


class EmailField(BaseField):
    """An e-mail address."""

    type: Literal["email"]
    example: str = "name@example.com"


class CitizenNumberField(BaseField):
    """A citizen's identity number with its check digit; always treated as sensitive."""

    type: Literal["citizen_number"]
    sensitive: Sensitivity | None = "identity"
    example: str = "11010519491231002X"


class CreditCodeField(BaseField):
    """A unified social credit code with its check digit."""

    type: Literal["credit_code"]
    example: str = "91350100M000100Y43"


class RegionField(BaseField):
    """An administrative division below ``within``; the answer is its code."""

    type: Literal["region"]
    within: str = Field(default="", pattern=r"^(\d{6})?$")
    level: RegionLevel = "county"
    example: str = Field(pattern=r"^\d{6}(\d{3}|\d{6})?$")


class AddressExample(Strict):
    """An example address."""

    region: str = Field(pattern=r"^\d{6}(\d{3}|\d{6})?$")
    detail: str


class AddressField(BaseField):
    """A division and the road, number, floor below it."""

    type: Literal["address"]
    within: str = Field(default="", pattern=r"^(\d{6})?$")
    level: RegionLevel = "county"
    sensitive: Sensitivity | None = None
    example: AddressExample


class UploadField(BaseField):
    """Files for one of the item's materials, named by its code."""

    type: Literal["upload"]
    material: FieldId
    max_files: int = Field(default=5, ge=1, le=20)
    accept: list[Literal["pdf", "ofd", "jpg", "png", "docx", "xlsx"]] = ["pdf", "ofd", "jpg", "png"]


class InfoField(Strict):
    """Words between questions: a heading (``label``) and a text; takes no answer."""

    type: Literal["info"]
    id: FieldId
    label: LocalizedText | None = None
    text: LocalizedText | None = None
    kind: Literal["plain", "note", "warn"] = "plain"
    when: Condition | None = None

    @model_validator(mode="after")
    def _says_something(self) -> InfoField:
        if self.label is None and self.text is None:
            msg = "info 至少要有 label（小标题）或 text（说明）"
            raise ValueError(msg)
        return self


Plain = Annotated[
    TextField
    | TextareaField
    | IntegerField
    | DecimalField
    | DateField
    | ChoiceField
    | ChoicesField
    | BooleanField
    | PhoneField
    | EmailField
    | CitizenNumberField
    | CreditCodeField
    | RegionField
    | AddressField
    | UploadField
    | InfoField,
    Field(discriminator="type"),
]


class GroupField(Strict):
    """Questions that repeat, such as one block for each employee."""

    type: Literal["group"]
    id: FieldId
    label: LocalizedText
    item: LocalizedText
    hint: LocalizedText | None = None
    when: Condition | None = None
    min: int = Field(default=1, ge=0, le=50)
    max: int = Field(default=20, ge=1, le=200)
    fields: list[Plain] = Field(min_length=1)

    @model_validator(mode="after")
    def _min_below_max(self) -> GroupField:
        if self.min > self.max:
            msg = "min 不能大于 max"
            raise ValueError(msg)
        return self


AnyField = Annotated[
    TextField
    | TextareaField
    | IntegerField
    | DecimalField
    | DateField
    | ChoiceField
    | ChoicesField
    | BooleanField
    | PhoneField
    | EmailField
    | CitizenNumberField
    | CreditCodeField
    | RegionField
    | AddressField
    | UploadField
    | InfoField
    | GroupField,
    Field(discriminator="type"),
]
Question = (
    TextField
    | TextareaField
    | IntegerField
    | DecimalField
    | DateField
    | ChoiceField
    | ChoicesField
    | BooleanField
    | PhoneField
    | EmailField
    | CitizenNumberField
    | CreditCodeField
    | RegionField
    | AddressField
    | UploadField
)


class Step(Strict):
    """One page of the form."""

    id: FieldId
    title: LocalizedText
    hint: LocalizedText | None = None
    fields: list[AnyField] = Field(min_length=1)
    when: Condition | None = None


class CheckSpec(Strict):
    """A named rule in code over several fields."""

    name: FieldId
    fields: list[FieldId] = Field(min_length=1)
    params: dict[str, str | int | float | bool | list[str]] = {}
    message: LocalizedText | None = None


class FormSpec(Strict):
    """A form: published versions never change."""

    id: FieldId
    version: int = Field(ge=1)
    title: LocalizedText
    effective_from: dt.date | None = None
    steps: list[Step] = Field(min_length=1)
    checks: list[CheckSpec] = []

    def step(self, step_id: str) -> Step:
        """Return a step.

        :raises KeyError: if there is none of this id
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def top_fields(self) -> Iterator[tuple[Step, AnyField]]:
        """Yield the fields of every step in order; groups count as one."""
        for step in self.steps:
            for item in step.fields:
                yield step, item
