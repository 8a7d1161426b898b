"""What a file under ``processes/`` of a pack may hold: a process as far as a lawyer can check it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from tongban.engines.cases.rules.vocabulary import APPROVERS, DECLARABLE, FIELDS, SPECIAL_KINDS, Kind, Phase
from tongban.foundation.clock.rules import Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.localized import LocalizedText

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}-[0-9]{2,3}[a-z]?$")]
Template = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{1,63}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _known_fields(names: list[str]) -> list[str]:
    strange = [name for name in names if name not in FIELDS]
    if strange:
        msg = f"没有这样的填写项：{'、'.join(strange)}；可用的有 {'、'.join(sorted(FIELDS))}"
        raise ValueError(msg)
    return names


class LimitSpec(_Strict):
    """A limit: ``figure`` with ``unit`` and ``source``, or a ``rule`` of law; ``item`` lets the item's own figure go first."""

    figure: Annotated[int, Field(ge=0, le=3650)] | None = None
    unit: Unit | None = None
    rule: RuleId | None = None
    item: Literal["statutory", "promised"] | None = None
    source: LocalizedText | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.figure is None) != (self.unit is None):
            msg = "期限要同时写 figure 和 unit"
            raise ValueError(msg)
        if self.figure is not None and self.source is None:
            msg = "写了数字的期限要注明出处：source: {zh: …, en: …}"
            raise ValueError(msg)
        if self.figure is None and self.rule is None and self.item is None:
            msg = "期限要写 figure 和 unit，或者写 rule（时限规则编号），或者写 item"
            raise ValueError(msg)
        return self


class NoticeSpec(_Strict):
    """A document that goes out: its template, and the character of its number."""

    template: Template
    word: Annotated[str, StringConstraints(max_length=4)] = ""
    sign: bool = True
    visible: bool = True


class EventSpec(_Strict):
    """What goes out with something no button causes."""

    notices: list[NoticeSpec] = []
    messages: list[Template] = []
    effects: list[Name] = []


class ActionSpec(_Strict):
    """Something that can be done. The key is its code; ``kind`` may be left out where it is the same.

    ``title`` is on the button, ``event`` in the timeline afterwards. ``by_law``: only when the step's limit runs out.
    """

    kind: Kind | None = None
    title: LocalizedText | None = None
    event: LocalizedText | None = None
    style: Literal["primary", "secondary", "danger"] = "secondary"
    to: Name | None = None
    needs: list[str] = []
    offers: list[str] = []
    choices: dict[str, dict[Name, LocalizedText]] = {}
    requires: list[Name] = []
    checks: list[Name] = []
    effects: list[Name] = []
    notices: list[NoticeSpec] = []
    messages: list[Template] = []
    role: Role | None = None
    separate_from: list[Name] = []
    outcome: Name | None = None
    visible: bool = True
    by_law: bool = False

    _needs = field_validator("needs", "offers")(_known_fields)


class ExpirySpec(_Strict):
    """What the law does when a limit runs out. ``do`` names an action of the step; ``conclusion`` is that of a procedure
    or of a department asked; ``basis`` is the article.
    """

    do: Name | None = None
    conclusion: Name | None = None
    data: dict[str, Any] = {}
    basis: LocalizedText

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.do is None) == (self.conclusion is None):
            msg = "on_expiry 要写 do（环节的操作）或者 conclusion（特别程序、会签的结论），二者取一"
            raise ValueError(msg)
        return self


class AskSpec(_Strict):
    """A department asked by a joint step: the unit of a vertical line in the same region, its role and its limit."""

    title: LocalizedText
    line: Name
    role: Role = Role.REVIEWER
    limit: LimitSpec
    question: LocalizedText | None = None
    on_expiry: ExpirySpec | None = None


class StepSpec(_Strict):
    """A step of the main line: who does it, within which limit, and what can be done there."""

    title: LocalizedText
    role: Role
    phase: Phase
    limit: LimitSpec | None = None
    starts: list[Name] = []
    separate_from: list[Name] = []
    unit: Literal["lead", "superior"] = "lead"
    asks: dict[Name, AskSpec] = {}
    on_expiry: ExpirySpec | None = None
    visible: bool = True
    actions: Annotated[dict[Name, ActionSpec], Field(min_length=1)]

    @model_validator(mode="after")
    def _declarable(self) -> Self:
        for code, action in self.actions.items():
            kind = action.kind or next((each for each in Kind if each.value == code), None)
            if kind is None:
                msg = f"操作 {code} 要写 kind，可用的有 {'、'.join(sorted(DECLARABLE))}"
                raise ValueError(msg)
            if kind not in DECLARABLE:
                msg = f"操作 {code} 的种类 {kind.value} 由系统自带，不能在环节里声明"
                raise ValueError(msg)
        return self


class SpecialSpec(_Strict):
    """A special procedure with its own maximum; it stops the main clock only with a cited basis and a written notice."""

    kind: str
    title: LocalizedText
    role: Role
    hosts: Annotated[list[Name], Field(min_length=1)]
    limit: LimitSpec
    stops_clock: bool = False
    basis: LocalizedText | None = None
    min_people: Annotated[int, Field(ge=0, le=9)] = 0
    conclusions: Annotated[dict[Name, LocalizedText], Field(min_length=1)]
    on_expiry: ExpirySpec | None = None
    start: ActionSpec = ActionSpec()
    finish: ActionSpec = ActionSpec()

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in SPECIAL_KINDS:
            msg = f"没有这种特别程序，可用的有 {'、'.join(sorted(SPECIAL_KINDS))}"
            raise ValueError(msg)
        return kind


class ClockSpec(_Strict):
    """One of the law's clocks."""

    limit: LimitSpec
    on_expiry: Literal["deemed_accept", "lapse"] | None = None
    starts: Name | None = None
    until: Name | None = None


class ClocksSpec(_Strict):
    """The clocks a case may have besides those of its steps."""

    acceptance: ClockSpec | None = None
    notice: ClockSpec | None = None
    review: ClockSpec | None = None
    statutory: ClockSpec | None = None
    promised: ClockSpec | None = None
    delivery: ClockSpec | None = None


class ExtensionSpec(_Strict):
    """How far, how often and by whom the main clock may be extended; the applicant is told the reason.

    ``level`` is whom the law names; without it the rule of the limit says so. ``unit`` is where the approver sits.
    """

    limit: LimitSpec
    approver: Role
    unit: Literal["lead", "government"] = "lead"
    level: str | None = None
    times: Annotated[int, Field(ge=1, le=3)] = 1
    steps: Annotated[list[Name], Field(min_length=1)]
    notices: list[NoticeSpec] = []
    messages: list[Template] = []

    @field_validator("level")
    @classmethod
    def _known_level(cls, level: str | None) -> str | None:
        if level is not None and level not in APPROVERS:
            msg = f"没有这样的批准人，可用的有 {'、'.join(sorted(APPROVERS))}"
            raise ValueError(msg)
        return level


class CorrectionSpec(_Strict):
    """How long the applicant may take to correct, and in which vertical lines silence gives the application up (``*``: all)."""

    max_days: Annotated[int, Field(ge=1, le=180)]
    default_days: Annotated[int, Field(ge=1, le=180)]
    abandon_in: list[str] = []
    basis: LocalizedText

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.default_days > self.max_days:
            msg = "default_days 不能大于 max_days"
            raise ValueError(msg)
        return self


class ExampleAct(_Strict):
    """One act of an example. ``by`` names another person than the usual one of the role."""

    day: dt.date
    do: str
    data: dict[str, Any] = {}
    by: int | None = None
    refused: str | None = None


class ExampleSpec(_Strict):
    """A case played through at publication: it must end as stated, on the stated days."""

    title: LocalizedText
    received: dt.date
    line: str = "market_supervision"
    item: dict[Literal["statutory", "promised"], int] = {}
    acts: list[ExampleAct]
    status: str
    result: str = ""
    due: dict[Literal["acceptance", "notice", "review", "statutory", "promised", "delivery"], dt.date] = {}


class ProcessSpec(_Strict):
    """A whole process."""

    code: Code
    version: Annotated[int, Field(ge=1)]
    title: LocalizedText
    regime: Literal["licensing", "information", "registration"]
    effective_from: dt.date
    instant: bool = False
    basis: Annotated[list[LocalizedText], Field(min_length=1)]
    clocks: ClocksSpec
    start: Name
    steps: Annotated[dict[Name, StepSpec], Field(min_length=1)]
    specials: dict[Name, SpecialSpec] = {}
    extension: ExtensionSpec | None = None
    correction: CorrectionSpec | None = None
    events: dict[
        Literal["submit", "supplement", "withdraw", "deemed_accept", "deemed_renew", "abandon"], EventSpec
    ] = {}
    examples: Annotated[list[ExampleSpec], Field(min_length=1)]
