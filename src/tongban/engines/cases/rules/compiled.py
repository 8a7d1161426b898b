"""A process in the form the engine runs on: complete, immutable, and stored as JSON beside its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from tongban.engines.cases.rules.vocabulary import GROUNDS, MANDATORY, OPTIONAL, REPLIES, Kind, Phase

Text = dict[str, str]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LimitRef(_Frozen):
    """A limit: a figure with its unit and source, or the number of a rule of law, or the item's own figure first."""

    figure: int | None = None
    unit: str = ""
    rule: str = ""
    item: str = ""
    source: Text | None = None


class NoticeDef(_Frozen):
    """A document issued by an action. ``word`` is the character of its number (受, 补, 决 …)."""

    template: str
    word: str = ""
    title: Text | None = None
    sign: bool = True
    visible: bool = True


class EventDef(_Frozen):
    """What goes out when something happens that no official's button causes."""

    notices: tuple[NoticeDef, ...] = ()
    messages: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()


class ActionDef(_Frozen):
    """One thing that can be done at a step; ``by_law`` only by the end of its limit, not by a person."""

    code: str
    kind: Kind
    title: Text
    event: Text | None = None
    style: str = "secondary"
    to: str = ""
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    choices: dict[str, dict[str, Text]] = {}
    requires: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    notices: tuple[NoticeDef, ...] = ()
    messages: tuple[str, ...] = ()
    role: str = ""
    separate_from: tuple[str, ...] = ()
    special: str = ""
    outcome: str = ""
    visible: bool = True
    by_law: bool = False

    @property
    def all_needs(self) -> tuple[str, ...]:
        """Return the fields that must be filled: those of the law, then those of the process."""
        return tuple(dict.fromkeys((*MANDATORY.get(self.kind, ()), *self.needs)))

    @property
    def all_offers(self) -> tuple[str, ...]:
        """Return the fields that may be filled."""
        needed = self.all_needs
        return tuple(name for name in dict.fromkeys((*OPTIONAL.get(self.kind, ()), *self.offers)) if name not in needed)

    def codes_of(self, field: str) -> tuple[str, ...]:
        """Return the choices of a field: the process's own, else the law's closed list."""
        if field in self.choices:
            return tuple(self.choices[field])
        if field == "ground":
            return GROUNDS.get(self.kind, ())
        return REPLIES if self.kind is Kind.REPLY and field == "conclusion" else ()


class ExpiryDef(_Frozen):
    """What the law does when a limit runs out: the action, what is said with it, and the article (in Chinese)."""

    do: str = ""
    data: dict[str, Any] = {}
    basis: str


class AskDef(_Frozen):
    """A department that a joint step asks: the vertical line whose unit of the same region answers, within a limit."""

    code: str
    title: Text
    line: str
    role: str
    limit: LimitRef
    question: str = ""
    on_expiry: ExpiryDef | None = None


class StepDef(_Frozen):
    """A step on the main line."""

    code: str
    title: Text
    role: str
    phase: Phase
    limit: LimitRef | None = None
    starts: tuple[str, ...] = ()
    separate_from: tuple[str, ...] = ()
    unit: str = "lead"
    asks: dict[str, AskDef] = {}
    on_expiry: ExpiryDef | None = None
    actions: dict[str, ActionDef]
    visible: bool = True

    @property
    def begins(self) -> tuple[str, ...]:
        """Return what must be done before the step can go on: procedures it starts with, departments it asks."""
        return (*self.starts, *self.asks)


class SpecialDef(_Frozen):
    """A special procedure: a task of its own below the step that needs it, with its own limit."""

    code: str
    kind: str
    title: Text
    role: str
    hosts: tuple[str, ...]
    limit: LimitRef
    stops_clock: bool = False
    basis: str = ""
    min_people: int = 0
    conclusions: dict[str, Text]
    on_expiry: ExpiryDef | None = None
    start: ActionDef
    finish: ActionDef


class ClockDef(_Frozen):
    """One of the law's clocks and what follows when it runs out.

    It begins with the step ``starts`` and ends with the step ``until``; without them with acceptance and decision.
    """

    limit: LimitRef
    on_expiry: str = ""
    starts: str = ""
    until: str = ""


class ExtensionDef(_Frozen):
    """How the main clock may be extended."""

    limit: LimitRef
    approver: str
    unit: str = "lead"
    level: str = ""
    times: int = 1
    request: ActionDef
    approve: ActionDef
    reject: ActionDef


class CorrectionDef(_Frozen):
    """How the applicant is asked, once and completely, to put things right."""

    max_days: int
    default_days: int
    abandon_in: tuple[str, ...]
    basis: str

    def abandons(self, line: str) -> bool:
        """Tell whether silence gives the application up in a vertical line."""
        return line in self.abandon_in or "*" in self.abandon_in


class Compiled(_Frozen):
    """A whole process."""

    code: str
    version: int
    title: Text
    regime: str
    start: str
    steps: dict[str, StepDef]
    specials: dict[str, SpecialDef] = {}
    clocks: dict[str, ClockDef] = {}
    extension: ExtensionDef | None = None
    correction: CorrectionDef | None = None
    events: dict[str, EventDef] = {}
    instant: bool = False

    @property
    def asks(self) -> dict[str, AskDef]:
        """Return the departments asked by all joint steps."""
        return {code: ask for step in self.steps.values() for code, ask in step.asks.items()}

    def title_of(self, step: str) -> Text:
        """Return the title of a step, special procedure, department asked or built-in task."""
        for place in (self.steps, self.specials, self.asks):
            if step in place:
                return place[step].title
        return BUILT_IN_STEPS.get(step, {"zh": step, "en": step})

    def event(self, kind: Kind) -> EventDef:
        """Return what goes out at an event."""
        return self.events.get(kind.value, _TOLD.get(kind, EventDef()))

    def targets(self, step: StepDef) -> Iterator[ActionDef]:
        """Return the actions of a step that lead to another step."""
        return (action for action in step.actions.values() if action.to)


_TOLD = {Kind.DEEMED_RENEW: EventDef(messages=("case-renewed",))}
"""What goes out where a process says nothing of an effect of the law."""

BUILT_IN_STEPS: dict[str, Text] = {
    "co_handle": {"zh": "会商", "en": "Consultation"},
    "extension": {"zh": "延期审批", "en": "Approval of more time"},
    "correction": {"zh": "补正", "en": "Correction by the applicant"},
}


def _action(kind: Kind, zh: str, en: str, style: str = "secondary", *, visible: bool = True) -> ActionDef:
    return ActionDef(code=kind.value, kind=kind, title={"zh": zh, "en": en}, style=style, visible=visible)


ASSIGN = _action(Kind.ASSIGN, "分派或领办", "Assign or take", visible=False)
REPLY = _action(Kind.REPLY, "答复会商", "Answer the consultation", "primary", visible=False)
RECLAIM = _action(Kind.RECLAIM, "收回会商", "Call back the consultation", visible=False)
WITHDRAW = _action(Kind.WITHDRAW, "撤回申请", "Withdraw the application", "danger")
SUPPLEMENT = _action(Kind.SUPPLEMENT, "提交补正材料", "Submit the corrections", "primary")
DEEMED_ACCEPT = _action(Kind.DEEMED_ACCEPT, "逾期未告知，视为受理", "Deemed accepted, the time for a notice being over")
ABANDON = _action(Kind.ABANDON, "逾期未补正，视为放弃申请", "Deemed abandoned, nothing having been corrected in time")
DEEMED_RENEW = _action(
    Kind.DEEMED_RENEW, "期满未作决定，视为准予延续", "Deemed renewed, undecided when the license expired"
)
LAPSE = _action(Kind.LAPSE, "期间届满", "A period has passed", visible=False)
SUBMIT = _action(Kind.SUBMIT, "提交申请", "Application submitted")


_held: dict[str, Compiled] = {}


def load(sha256: str, data: Any) -> Compiled:
    """Return the compiled form of a stored definition; published versions never change, so it is kept by checksum.

    :param data: the stored JSON, or a function that gives it and is asked only the first time
    """
    found = _held.get(sha256)
    if found is None:
        found = _held.setdefault(sha256, Compiled.model_validate(data() if callable(data) else data))
    return found
