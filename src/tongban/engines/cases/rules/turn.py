"""An act being worked out: the change grows here, clock by clock and task by task."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tongban.engines.cases.rules.compiled import ActionDef, Compiled, StepDef
from tongban.engines.cases.rules.regimes import Regime, regime_of
from tongban.engines.cases.rules.state import (
    Act,
    Change,
    ClockLine,
    ClockView,
    CloseTask,
    FinishSpecial,
    MoveClock,
    OpenClock,
    OpenTask,
    StartSpecial,
    State,
    TaskView,
    TouchTask,
)
from tongban.engines.cases.rules.vocabulary import Status

MAIN_CLOCKS = ("statutory", "promised", "review")
DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Turn:
    """An act being worked out: the change grows in the lists.

    ``law`` is the clock whose end lets the law act; then the legal day is that clock's, not the day of noticing.
    """

    compiled: Compiled
    state: State
    act: Act
    action: ActionDef
    task: TaskView | None
    values: Mapping[str, Any]
    law: ClockView | None = None
    opened: list[OpenTask] = field(default_factory=list)
    closed: list[CloseTask] = field(default_factory=list)
    touched: list[TouchTask] = field(default_factory=list)
    clocks: list[OpenClock] = field(default_factory=list)
    lines: list[ClockLine] = field(default_factory=list)
    moves: list[MoveClock] = field(default_factory=list)
    specials: list[StartSpecial] = field(default_factory=list)
    finished: list[FinishSpecial] = field(default_factory=list)
    next_ref: int = -1

    @property
    def at_task(self) -> TaskView:
        """Return the task of an action that has one."""
        if self.task is None:
            msg = f"{self.action.code} has no task"
            raise AssertionError(msg)
        return self.task

    @property
    def on(self) -> dt.date:
        """Return the day from which the act counts: today, or the last day of the limit that ran out."""
        due = self.law.due_on if self.law is not None else None
        return self.act.on if due is None else due

    @property
    def regime(self) -> Regime:
        """Return the body of law the process belongs to."""
        return regime_of(self.compiled.regime)

    def ref(self) -> int:
        """Return a reference for something new."""
        self.next_ref -= 1
        return self.next_ref + 1

    def change(self, status: Status | None = None, *, result: str | None = None, **more: Any) -> Change:
        """Return the finished change."""
        extra = self.compiled.event(self.action.kind)
        more.setdefault("effective_on", self.on if self.law is None else self.on + DAY)
        return Change(
            code=self.action.code,
            kind=self.action.kind,
            title=self.action.event or self.action.title,
            step=self.task.step if self.task else "",
            task=self.task.ref if self.task else None,
            status=status or self.state.status,
            result=self.state.result if result is None else result,
            data=self.values,
            note=str(self.values.get("reason") or self.values.get("opinion") or self.values.get("note") or ""),
            visible=self.action.visible,
            open_tasks=tuple(self.opened),
            close_tasks=tuple(self.closed),
            touch_tasks=tuple(self.touched),
            open_clocks=tuple(self.clocks),
            clock_lines=tuple(self.lines),
            move_clocks=tuple(self.moves),
            start_specials=tuple(self.specials),
            finish_specials=tuple(self.finished),
            notices=(*self.action.notices, *extra.notices),
            messages=(*self.action.messages, *extra.messages),
            effects=(*self.action.effects, *extra.effects),
            checks=self.action.checks,
            by=self.act.who.id,
            **more,
        )

    # -- clocks ----------------------------------------------------------------------------------------------------

    def start_clock(self, kind: str, on: dt.date, *, limit: str = "", **more: Any) -> None:
        """Start a clock, its limit named in the process by ``limit`` (the kind itself by default)."""
        declared = self.compiled.clocks.get(kind)
        if declared is not None and declared.on_expiry:
            more.setdefault("on_expiry", declared.on_expiry)
        self.clocks.append(OpenClock(self.ref(), kind, limit or kind, on, **more))

    def line(self, clock: ClockView, kind: str, on: dt.date | None = None, **more: Any) -> None:
        """Append a line to a live clock's ledger, never before its start."""
        self.lines.append(ClockLine(clock.ref, kind, max(on or self.on, clock.started_on), **more))

    def end_clocks(self, *kinds: str, cause: str = "") -> None:
        """End the live clocks of these kinds."""
        for clock in self.state.live_clocks(*kinds):
            self.line(clock, "end", cause=cause)

    def clock_of(self, task: int) -> ClockView | None:
        """Return the live clock of a task."""
        return next((clock for clock in self.state.live_clocks() if clock.task == task), None)

    # -- tasks -----------------------------------------------------------------------------------------------------

    def enter(self, code: str, *, on: dt.date | None = None, assignee: int | None = None) -> int:
        """Open a step on the main line with its clock, or waiting for the special procedures it starts with."""
        step = self.compiled.steps[code]
        first = not any(task.step == code for task in self.state.tasks)
        begins = [name for name in step.starts if first or not self._passed(name)]
        waits = bool(begins) or (first and bool(step.asks))
        ref = self.ref()
        unit: int | str = self.state.lead_unit if step.unit == "lead" else "superior"
        self.opened.append(
            OpenTask(ref, "main", code, step.role, unit, state="waiting" if waits else "open", assignee=assignee)
        )
        for name in begins:
            self.begin_special(name, parent=ref, unit=unit, on=on or self.on)
        if first:
            self._ask(step, parent=ref, on=on or self.on)
        if not waits:
            self._step_clock(step, ref, on or self.on)
        self._main_clocks_at(code, on or self.on)
        return ref

    def _step_clock(self, step: StepDef, task: int, on: dt.date) -> None:
        if step.limit is not None:
            effect = "step" if step.on_expiry is not None else ""
            self.start_clock("step", on, limit=f"step:{step.code}", task=task, on_expiry=effect)

    def _ask(self, step: StepDef, *, parent: int, on: dt.date) -> None:
        """Ask every department of a joint step at the same time, each within its own limit."""
        for ask in step.asks.values():
            ref = self.ref()
            self.opened.append(
                OpenTask(ref, "joint", ask.code, ask.role, f"line:{ask.line}", parent=parent, question=ask.question)
            )
            effect = "reply" if ask.on_expiry is not None else ""
            self.start_clock("step", on, limit=f"ask:{ask.code}", task=ref, on_expiry=effect)

    def _main_clocks_at(self, step: str, on: dt.date) -> None:
        """Start and end the main clocks that a process ties to its steps (one level hands over to the next)."""
        for kind, clock in self.compiled.clocks.items():
            begun = any(each.kind == kind for each in self.state.clocks)
            if clock.starts == step and not begun:
                self.start_clock(kind, on)
            if clock.until == step:
                ended = {line.clock for line in self.lines if line.kind == "end"}
                for live in self.state.live_clocks(kind):
                    if live.ref not in ended:
                        self.line(live, "end", on, cause="sent_up")

    def _passed(self, special: str) -> bool:
        return any(each.code == special and each.ended for each in self.state.specials)

    def begin_special(self, code: str, *, parent: int, unit: int | str, on: dt.date) -> None:
        """Open a special procedure below a task: its task, its record, its clock; stop the main clocks if the law says so."""
        special = self.compiled.specials[code]
        ref = self.ref()
        self.opened.append(OpenTask(ref, "special", code, special.role, unit, parent=parent))
        self.specials.append(StartSpecial(self.ref(), code, ref))
        effect = "special" if special.on_expiry is not None else ""
        self.start_clock("special", on, limit=f"special:{code}", task=ref, on_expiry=effect)
        if special.stops_clock:
            self._stop_main(on, cause=special.code, basis=special.basis)

    def _stop_main(self, on: dt.date, *, cause: str, basis: str) -> None:
        for clock in self.state.live_clocks(*MAIN_CLOCKS):
            stopped = any(line.clock == clock.ref and line.kind == "stop" for line in self.lines)
            if clock.running and not stopped:
                self.line(clock, "stop", on, cause=cause, basis=basis)
        fresh = [clock for clock in self.clocks if clock.kind in MAIN_CLOCKS]
        for opened in fresh:
            if not any(line.clock == opened.ref for line in self.lines):
                self.lines.append(ClockLine(opened.ref, "stop", on, cause=cause, basis=basis))

    def finish(self, task: TaskView, outcome: str, opinion: str = "") -> None:
        """Close a task, what is below it, and its clock."""
        for child in self.state.children(task.ref):
            self.finish(child, "void")
        for special in self.state.specials:
            if special.task == task.ref and not special.ended:
                self.finished.append(FinishSpecial(special.ref, outcome))
        self.closed.append(CloseTask(task.ref, outcome, opinion))
        clock = self.clock_of(task.ref)
        if clock is not None:
            self.line(clock, "end")

    def finish_everything(self, outcome: str) -> None:
        """Close all tasks and end all clocks."""
        ended = {line.clock for line in self.lines if line.kind == "end"}
        for task in self.state.live_tasks:
            if task.ref not in {close.ref for close in self.closed}:
                self.closed.append(CloseTask(task.ref, outcome))
        done = {finish.ref for finish in self.finished}
        for special in self.state.specials:
            if not special.ended and special.ref not in done:
                self.finished.append(FinishSpecial(special.ref, outcome))
        for clock in self.state.live_clocks():
            if clock.ref not in ended:
                self.line(clock, "end", cause=outcome)

    def wait(self, task: TaskView, cause: str) -> None:
        """Let a task wait; its own clock stands still meanwhile."""
        self.touched.append(TouchTask(task.ref, state="waiting"))
        clock = self.clock_of(task.ref)
        if clock is not None and clock.running:
            self.line(clock, "stop", cause=cause)

    def wake(self, ref: int | None, *, but: int | None = None) -> None:
        """Let a waiting parent go on once nothing blocks it any more."""
        if ref is None:
            return
        parent = self.state.task(ref)
        blocked = any(child.blocking and child.ref != but for child in self.state.children(ref))
        if parent.state != "waiting" or blocked:
            return
        self.touched.append(TouchTask(ref, state="open"))
        clock = self.clock_of(ref)
        if clock is not None:
            self.line(clock, "resume", cause=self.action.special or self.action.code)
        elif parent.kind == "main":
            self._step_clock(self.compiled.steps[parent.step], ref, self.on)
