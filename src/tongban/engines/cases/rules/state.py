"""What a decision is made from and what it amounts to: plain frozen values, no rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tongban.engines.cases.rules.compiled import NoticeDef, Text
from tongban.engines.cases.rules.vocabulary import Kind, Status


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task. ``ref`` is its row's key, or a negative number before it has one."""

    ref: int
    kind: str
    step: str
    state: str
    unit: int
    role: str
    assignee: int | None = None
    parent: int | None = None
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class SpecialView:
    """A special procedure of the case."""

    ref: int
    code: str
    task: int
    stops: bool
    ended: bool = False
    result: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction asked for."""

    ref: int
    answered: bool = False
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """More time asked for."""

    ref: int
    task: int
    figure: int
    unit: str
    state: str = "requested"


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as far as decisions need it."""

    ref: int
    kind: str
    task: int | None
    started_on: dt.date
    running: bool = True
    ended: bool = False
    due_on: dt.date | None = None
    on_expiry: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A case as far as decisions need it.

    ``hands`` says for each step who has closed it (the last one last), for the separation of duties and for returns.
    ``on`` is the day for which it is asked; ``line`` is the vertical line of the lead unit.
    """

    status: Status
    result: str
    received_on: dt.date
    lead_unit: int
    tasks: tuple[TaskView, ...] = ()
    specials: tuple[SpecialView, ...] = ()
    corrections: tuple[CorrectionView, ...] = ()
    extensions: tuple[ExtensionView, ...] = ()
    clocks: tuple[ClockView, ...] = ()
    hands: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    accepted: bool = False
    on: dt.date | None = None
    line: str = ""

    @property
    def open_tasks(self) -> tuple[TaskView, ...]:
        """Return the tasks that can be acted on."""
        return tuple(task for task in self.tasks if task.state == "open")

    @property
    def live_tasks(self) -> tuple[TaskView, ...]:
        """Return the tasks that are open or waiting."""
        return tuple(task for task in self.tasks if task.state != "closed")

    def task(self, ref: int) -> TaskView:
        """Return a task by its reference."""
        return next(task for task in self.tasks if task.ref == ref)

    def children(self, ref: int) -> tuple[TaskView, ...]:
        """Return the live tasks below a task."""
        return tuple(task for task in self.live_tasks if task.parent == ref)

    def live_clocks(self, *kinds: str) -> tuple[ClockView, ...]:
        """Return the clocks not ended, of these kinds if any are given."""
        return tuple(clock for clock in self.clocks if not clock.ended and (not kinds or clock.kind in kinds))


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts. ``applicant`` is true for the applicant and for whoever may act for the applicant."""

    id: int | None = None
    unit: int | None = None
    roles: frozenset[str] = frozenset()
    applicant: bool = False
    system: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Someone does something on a day. ``data`` is as entered; ``task`` may name the task if several are open."""

    code: str
    who: Who
    on: dt.date
    data: Mapping[str, Any] = field(default_factory=dict)
    task: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was done. ``hidden`` means the action is not this person's at all; ``fields`` hold mistakes by field."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Open a task; ``unit`` is a key, ``superior``, ``government``, or ``line:`` and a vertical line of the same region."""

    ref: int
    kind: str
    step: str
    role: str
    unit: int | str
    state: str = "open"
    assignee: int | None = None
    parent: int | None = None
    blocking: bool = True
    question: str = ""


@dataclass(frozen=True, slots=True)
class CloseTask:
    """Close a task with an outcome."""

    ref: int
    outcome: str
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class TouchTask:
    """Let a task wait or go on, or change who handles it."""

    ref: int
    state: str | None = None
    assignee: int | None = None


@dataclass(frozen=True, slots=True)
class OpenClock:
    """Start a clock on a day (not counted). ``limit`` names it in the process, or ``given`` is figure and unit."""

    ref: int
    kind: str
    limit: str
    on: dt.date
    task: int | None = None
    given: tuple[int, str] | None = None
    basis: str = ""
    on_expiry: str = ""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """Append a line to the ledger of a clock."""

    clock: int
    kind: str
    on: dt.date
    cause: str = ""
    basis: str = ""
    extra: tuple[int, str] | None = None
    resumption: str = "continue"


@dataclass(frozen=True, slots=True)
class MoveClock:
    """Let a clock follow a task that was transferred."""

    clock: int
    task: int


@dataclass(frozen=True, slots=True)
class StartSpecial:
    """Open a special procedure on a task."""

    ref: int
    code: str
    task: int


@dataclass(frozen=True, slots=True)
class FinishSpecial:
    """End a special procedure."""

    ref: int
    result: str


@dataclass(frozen=True, slots=True)
class Change:
    """Everything one act changes. The rows are written from it, and nothing else."""

    code: str
    kind: Kind
    title: Text
    step: str
    task: int | None
    status: Status
    result: str
    effective_on: dt.date
    data: Mapping[str, Any]
    note: str = ""
    visible: bool = True
    open_tasks: tuple[OpenTask, ...] = ()
    close_tasks: tuple[CloseTask, ...] = ()
    touch_tasks: tuple[TouchTask, ...] = ()
    open_clocks: tuple[OpenClock, ...] = ()
    clock_lines: tuple[ClockLine, ...] = ()
    move_clocks: tuple[MoveClock, ...] = ()
    start_specials: tuple[StartSpecial, ...] = ()
    finish_specials: tuple[FinishSpecial, ...] = ()
    ask_correction: bool = False
    answer_correction: bool = False
    lapse_correction: bool = False
    ask_extension: int | None = None
    settle_extension: tuple[int, str] | None = None
    stamps: frozenset[str] = frozenset()
    accepted_on: dt.date | None = None
    notices: tuple[NoticeDef, ...] = ()
    messages: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    by: int | None = None
