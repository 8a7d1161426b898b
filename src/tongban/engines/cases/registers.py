"""The seams upward: named checks and effects that a process declares and an affair registers, and listeners to lights.

* A **check** looks at an act before it is done and returns a sentence that refuses it, or None.
* An **effect** runs in the act's transaction after the rows are written (issuing a licence, telling another slice).
* A **fact** adds values that notices and messages may use.
* A **listener** is told which cases changed their light in the sweep.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tongban.engines.cases.models import Case, CaseEvent, Task
    from tongban.engines.cases.rules.state import Change
    from tongban.foundation.organizations.actor import Actor


@dataclass(frozen=True, slots=True)
class ActContext:
    """An act as checks and effects see it.

    ``case`` is the locked row (before the change for a check, after it for an effect), ``data`` the cleaned values,
    ``task`` the task acted on, ``event`` the event written (None for a check). ``extra`` is a scratch map shared by
    the effects of one act; what an effect puts under a name may be used by notices and messages as a fact.
    """

    case: Case
    by: Actor
    at: dt.datetime
    action: str
    data: Mapping[str, Any]
    change: Change
    task: Task | None = None
    event: CaseEvent | None = None
    extra: dict[str, Any] = field(default_factory=dict)


CheckContext = ActContext
EffectContext = ActContext
Check = Callable[[ActContext], str | None]
Effect = Callable[[ActContext], None]
Facts = Callable[[ActContext], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LightChange:
    """A case whose light changed: keys, the lights, the clocks that caused it, and the event written."""

    case_id: int
    number: str
    unit_id: int
    before: str
    after: str
    on: dt.date
    at: dt.datetime
    late_clocks: tuple[str, ...] = ()
    event_seq: int = 0


@dataclass(frozen=True, slots=True)
class StepLightChange:
    """A live task whose own limit came near (amber) or passed (red): a step, a special procedure, a department asked.

    ``kind`` is that of the task, ``due_on`` the step's own last day, ``event_seq`` the event written with the case.
    """

    task_id: int
    case_id: int
    number: str
    step: str
    kind: str
    unit_id: int
    assignee_id: int | None
    before: str
    after: str
    due_on: dt.date | None
    on: dt.date
    at: dt.datetime
    event_seq: int


Listener = Callable[[Sequence[LightChange]], None]
StepListener = Callable[[Sequence[StepLightChange]], None]

_checks: dict[str, Check] = {}
_effects: dict[str, Effect] = {}
_facts: dict[str, tuple[frozenset[str], Facts]] = {}
_listeners: dict[str, Listener] = {}
_step_listeners: dict[str, StepListener] = {}


def register_check(name: str, check: Check) -> None:
    """Declare a check under the name that processes use."""
    _checks[name] = check


def register_effect(name: str, effect: Effect) -> None:
    """Declare an effect under the name that processes use."""
    _effects[name] = effect


def register_facts(name: str, keys: frozenset[str], facts: Facts) -> None:
    """Declare further values (``keys``) for notices and messages; asked only when a text uses one of them."""
    _facts[name] = (keys, facts)


def register_light_listener(name: str, listener: Listener) -> None:
    """Ask to be told, inside the sweep's transaction, which cases changed their light."""
    _listeners[name] = listener


def register_step_light_listener(name: str, listener: StepListener) -> None:
    """Ask to be told, inside the same transaction, which steps came near their own limit or passed it."""
    _step_listeners[name] = listener


def check(name: str) -> Check:
    """Return a declared check.

    :raises KeyError: if nothing declares it
    """
    return _checks[name]


def effect(name: str) -> Effect:
    """Return a declared effect.

    :raises KeyError: if nothing declares it
    """
    return _effects[name]


def fact_sources() -> Mapping[str, tuple[frozenset[str], Facts]]:
    """Return the further sources of facts by name."""
    return dict(_facts)


def listeners() -> Sequence[Listener]:
    """Return who wants to hear of lights."""
    return tuple(_listeners.values())


def step_listeners() -> Sequence[StepListener]:
    """Return who wants to hear of the lights of single steps."""
    return tuple(_step_listeners.values())


def names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the declared checks and effects."""
    return frozenset(_checks), frozenset(_effects)
