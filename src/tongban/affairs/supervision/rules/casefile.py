"""A case as supervision reads it: plain values, loaded once, judged by every rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.engines.cases.rules.compiled import Compiled, Text
from tongban.foundation.clock.rules import Calendar

DAY = dt.timedelta(days=1)
MAIN = ("statutory", "promised")
DECISIONS = ("grant", "refuse")


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task: where it stands on the process, whose it is, and from when to when it was open."""

    ref: int
    kind: str
    step: str
    unit: int
    role: str = ""
    assignee: int | None = None
    closed_by: int | None = None
    opened_on: dt.date = dt.date.min
    opened_at: dt.datetime | None = None
    closed_on: dt.date | None = None
    closed_at: dt.datetime | None = None
    state: str = "open"
    outcome: str = ""

    @property
    def person(self) -> int | None:
        """Return who answers for it: who did it, else to whom it was given."""
        return self.closed_by or self.assignee


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of a clock's ledger."""

    kind: str
    on: dt.date
    cause: str = ""
    event_seq: int = 0


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A limit of the case as it stands: figure, due date, and whether it ended late."""

    ref: int
    kind: str
    figure: int
    unit: str
    started_on: dt.date
    due_on: dt.date | None
    running: bool = True
    ended_on: dt.date | None = None
    late: bool = False
    task: int | None = None
    entries: tuple[LedgerLine, ...] = ()

    def late_from(self, on: dt.date) -> dt.date | None:
        """Return the first day on which it was overdue, as known on a day; ``None`` if it was not."""
        if self.due_on is None:
            return None
        if self.ended_on is not None:
            return self.due_on + DAY if self.late else None
        return self.due_on + DAY if self.running and on > self.due_on else None


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event: what was done by whom, with what was said. ``held`` are the roles the person held there on that day."""

    seq: int
    kind: str
    act: str
    on: dt.date
    step: str = ""
    account: int | None = None
    unit: int | None = None
    system: bool = False
    held: frozenset[str] = frozenset()
    data: Mapping[str, Any] = field(default_factory=dict)
    effective_on: dt.date | None = None
    task: int | None = None


@dataclass(frozen=True, slots=True)
class SpecialLine:
    """A special procedure with its record."""

    ref: int
    code: str
    kind: str
    task: int
    stops: bool
    started_on: dt.date
    ended_on: dt.date | None = None
    expected_days: int | None = None
    opinion: str = ""
    report: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def held_on(self) -> dt.date | None:
        """Return the day for which it was arranged, if one was said."""
        try:
            return dt.date.fromisoformat(str(self.data["held_on"]))
        except (KeyError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A notice of corrections: what was asked, and from when to when it waited for the applicant."""

    ref: int
    on: dt.date
    items: tuple[Mapping[str, Any], ...] = ()
    ended_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """What the catalogue publishes of the item. ``since`` is the day from which the figures hold, if they were changed.

    ``rates`` are the bands of each fee that is published in figures, by its name (see ``catalog.rules.fee_amount``).
    """

    statutory: tuple[int, str] | None = None
    promised: tuple[int, str] | None = None
    materials: frozenset[str] = frozenset()
    charges: bool = False
    fees: frozenset[str] = frozenset()
    rates: Mapping[str, Sequence[Mapping[str, int | None]]] = field(default_factory=dict)
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything the rules look at. ``below`` are the units that stand below the lead unit."""

    number: str
    on: dt.date
    calendar: Calendar
    compiled: Compiled
    unit: int
    result: str = ""
    received_on: dt.date = dt.date.min
    accepted_on: dt.date | None = None
    decided_on: dt.date | None = None
    closed_on: dt.date | None = None
    tasks: tuple[TaskLine, ...] = ()
    clocks: tuple[ClockLine, ...] = ()
    events: tuple[EventLine, ...] = ()
    specials: tuple[SpecialLine, ...] = ()
    corrections: tuple[CorrectionLine, ...] = ()
    materials: tuple[tuple[str, str, dt.date], ...] = ()
    papers: frozenset[int] = frozenset()
    item: ItemLine | None = None
    below: frozenset[int] = frozenset()

    def task(self, ref: int | None) -> TaskLine | None:
        """Return a task by its key."""
        return next((task for task in self.tasks if task.ref == ref), None)

    def title(self, step: str) -> Text:
        """Return the title of a step in both languages."""
        return self.compiled.title_of(step)

    def days(self, after: dt.date, until: dt.date) -> int:
        """Return the working days later than one day up to another."""
        return self.calendar.working_days_between(after, until)

    def done(self, *kinds: str) -> Iterator[EventLine]:
        """Yield the events of some kinds in order."""
        return (event for event in self.events if event.kind in kinds)

    def end(self) -> dt.date:
        """Return the last day that counts: when the case was closed, else today."""
        return self.closed_on or self.on

    def holder(self, on: dt.date) -> TaskLine | None:
        """Return the task that was still open at the end of a day, else one closed on it; the last opened of several."""
        held = [t for t in self.tasks if t.opened_on <= on and (t.closed_on is None or t.closed_on >= on)]
        return max(held, key=lambda t: (t.closed_on is None or t.closed_on > on, t.opened_on, t.ref), default=None)


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence of what a rule looks for.

    ``key`` tells it from others of the same rule and case; ``on`` is the day it happened; ``words`` fill the rule's text: figures, texts, or texts in both languages.
    """

    key: str
    on: dt.date
    words: Mapping[str, Any]
    unit: int | None = None
    account: int | None = None
    task: int | None = None
    clock: int | None = None
    step: str = ""
    event_seq: int | None = None


def of_task(file: CaseFile, task: TaskLine | None) -> dict[str, Any]:
    """Return who answers for a task: unit, person, task and step; the lead unit if there is no task."""
    if task is None:
        return {"unit": file.unit}
    return {"unit": task.unit, "account": task.person, "task": task.ref, "step": task.step}


def of_event(file: CaseFile, event: EventLine) -> dict[str, Any]:
    """Return who answers for an event, and the event itself as proof."""
    return {
        "unit": event.unit or file.unit,
        "account": event.account,
        "task": event.task,
        "step": event.step,
        "event_seq": event.seq,
    }
