"""Applies changes to plain state: the second writer, against which the rows are tested, and the engine of examples."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tongban.engines.cases.rules.compiled import Compiled
from tongban.engines.cases.rules.state import (
    Change,
    ClockView,
    CorrectionView,
    ExtensionView,
    SpecialView,
    State,
    TaskView,
)
from tongban.foundation.clock.rules import Calendar, ClockState, Entry, Limit, Unit, derive

LimitOf = Callable[[str, dt.date], Limit | None]


@dataclass(slots=True)
class Ledger:
    """A clock with its lines."""

    ref: int
    kind: str
    task: int | None
    limit: Limit
    entries: list[Entry]
    on_expiry: str = ""

    def derive(self, calendar: Calendar, *, as_of: dt.date | None = None) -> ClockState:
        """Return the dates of the clock."""
        return derive(self.entries, self.limit, calendar, as_of=as_of)


@dataclass(slots=True)
class Replay:
    """A case in memory. ``superior`` stands for the unit above the lead unit, ``units`` for those named otherwise."""

    compiled: Compiled
    calendar: Calendar
    limit_of: LimitOf
    lead_unit: int = 1
    superior: int = 2
    units: Mapping[str, int] = field(default_factory=dict)
    line: str = ""
    state: State | None = None
    ledgers: dict[int, Ledger] = field(default_factory=dict)
    _last: int = 0
    _names: dict[int, int] = field(default_factory=dict)

    def apply(self, change: Change, *, received_on: dt.date) -> State:
        """Apply a change and return the state after it."""
        self._names = {}
        before = self.state or State(change.status, "", received_on, self.lead_unit, line=self.line)
        tasks = self._tasks(before, change)
        self._clocks(change)
        after = dataclasses.replace(
            before,
            status=change.status,
            result=change.result,
            tasks=tasks,
            specials=self._specials(before, change),
            corrections=_corrections(before, change),
            extensions=self._extensions(before, change),
            clocks=self._views(change.effective_on),
            hands=_hands(before, change),
            accepted=before.accepted or "accepted" in change.stamps,
        )
        self.state = after
        return after

    def _name(self, ref: int) -> int:
        if ref >= 0:
            return ref
        if ref not in self._names:
            self._last += 1
            self._names[ref] = self._last
        return self._names[ref]

    def _tasks(self, before: State, change: Change) -> tuple[TaskView, ...]:
        closed = {close.ref for close in change.close_tasks}
        touched = {touch.ref: touch for touch in change.touch_tasks}
        tasks: list[TaskView] = []
        for each in before.tasks:
            task = dataclasses.replace(each, state="closed") if each.ref in closed else each
            touch = touched.get(task.ref)
            if touch is not None and task.state != "closed":
                task = dataclasses.replace(
                    task,
                    state=touch.state or task.state,
                    assignee=touch.assignee if touch.assignee is not None else task.assignee,
                )
            tasks.append(task)
        for new in change.open_tasks:
            unit = new.unit if isinstance(new.unit, int) else self.units.get(new.unit, self.superior)
            parent = None if new.parent is None else self._name(new.parent)
            tasks.append(
                TaskView(
                    self._name(new.ref),
                    new.kind,
                    new.step,
                    new.state,
                    unit,
                    new.role,
                    new.assignee,
                    parent,
                    new.blocking,
                )
            )
        return tuple(tasks)

    def _clocks(self, change: Change) -> None:
        for new in change.open_clocks:
            limit = Limit(new.given[0], Unit(new.given[1])) if new.given else self.limit_of(new.limit, new.on)
            if limit is None:  # no such limit applies to this case
                continue
            ref = self._name(new.ref)
            task = None if new.task is None else self._name(new.task)
            self.ledgers[ref] = Ledger(ref, new.kind, task, limit, [Entry("start", new.on)], new.on_expiry)
        for move in change.move_clocks:
            self.ledgers[move.clock].task = self._name(move.task)
        for line in change.clock_lines:
            extra = Limit(line.extra[0], Unit(line.extra[1])) if line.extra else None
            if self._name(line.clock) not in self.ledgers:
                continue
            entries = self.ledgers[self._name(line.clock)].entries
            entries.append(
                Entry(
                    line.kind,  # type: ignore[arg-type]
                    max(line.on, entries[-1].on),
                    resumption=line.resumption if line.kind == "resume" else None,  # type: ignore[arg-type]
                    extra=extra,
                    cause=line.cause,
                    basis=line.basis,
                )
            )

    def _views(self, on: dt.date) -> tuple[ClockView, ...]:
        views = []
        for ledger in self.ledgers.values():
            dates = ledger.derive(self.calendar)
            views.append(
                ClockView(
                    ledger.ref, ledger.kind, ledger.task, ledger.entries[0].on, dates.running or dates.ended_on is not None,
                    dates.ended_on is not None, dates.due_on, ledger.on_expiry,
                )
            )  # fmt: skip
        return tuple(views)

    def _specials(self, before: State, change: Change) -> tuple[SpecialView, ...]:
        done = {finish.ref: finish.result for finish in change.finish_specials}
        kept = [
            dataclasses.replace(each, ended=True, result=done[each.ref]) if each.ref in done else each
            for each in before.specials
        ]
        for new in change.start_specials:
            stops = self.compiled.specials[new.code].stops_clock
            kept.append(SpecialView(self._name(new.ref), new.code, self._name(new.task), stops))
        return tuple(kept)

    def _extensions(self, before: State, change: Change) -> tuple[ExtensionView, ...]:
        kept = list(before.extensions)
        if change.settle_extension is not None:
            ref, state = change.settle_extension
            kept = [dataclasses.replace(each, state=state) if each.ref == ref else each for each in kept]
        if change.ask_extension is not None and self.compiled.extension is not None:
            self._last += 1
            unit = self.compiled.extension.limit.unit
            kept.append(ExtensionView(self._last, self._name(change.ask_extension), change.data["days"], unit))
        return tuple(kept)


def _corrections(before: State, change: Change) -> tuple[CorrectionView, ...]:
    kept = list(before.corrections)
    if change.answer_correction and kept:
        kept[-1] = dataclasses.replace(kept[-1], answered=True)
    if change.lapse_correction and kept:
        kept[-1] = dataclasses.replace(kept[-1], lapsed=True)
    if change.ask_correction:
        kept.append(CorrectionView(len(kept) + 1))
    return tuple(kept)


def _hands(before: State, change: Change) -> dict[str, tuple[int, ...]]:
    hands = dict(before.hands)
    if change.by is None or change.task is None:
        return hands
    if any(close.ref == change.task for close in change.close_tasks):
        hands[change.step] = (*hands.get(change.step, ()), change.by)
    return hands


def open_paths(state: State) -> list[str]:
    """Return what is wrong with a state, by the engine's own invariants; empty means sound.

    A living case has an open task, or one waiting for the applicant; a case that is over has no live task and no live
    clock; a waiting task has an open blocking child or the applicant to wait for.
    """
    wrong: list[str] = []
    over = state.status.value in ("not_accepted", "closed", "withdrawn", "abandoned")
    if over:
        if state.live_tasks:
            wrong.append("a case that is over has live tasks")
        if state.live_clocks():
            wrong.append("a case that is over has live clocks")
        return wrong
    if not state.open_tasks and state.status.value != "correction":
        wrong.append("a living case has no open task")
    for task in state.live_tasks:
        blocked = state.status.value == "correction" or any(child.blocking for child in state.children(task.ref))
        if task.state == "waiting" and not blocked:
            wrong.append(f"task {task.step} waits for nothing")
        if task.parent is not None and state.task(task.parent).state == "closed":
            wrong.append(f"task {task.step} is open below a closed one")
    return wrong


def sequence(items: Sequence[str]) -> str:
    """Return step codes as the text kept on the case."""
    return " ".join(dict.fromkeys(items))
