"""Writes clocks: new ones with their first line, further lines, and the columns derived from them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tongban.engines.cases.limits import Resolved, Resolver
from tongban.engines.cases.loading import Loaded, ledger
from tongban.engines.cases.models import Case, CaseClock, ClockEntry, Task
from tongban.engines.cases.rules.lights import light_of, light_of_case, next_check, takes_effect
from tongban.engines.cases.rules.state import Change, ClockLine, OpenClock
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.rules import Calendar, Limit, Unit, derive
from tongban.foundation.rows.statements import insert, update_all, write

MAIN = ("acceptance", "review", "statutory", "promised", "delivery")
CLOCK_FIELDS = ["task", "due_on", "warn_on", "running", "provisional", "used", "extended", "ended_on", "late"]
TASK_FIELDS = [
    "state", "assignee", "opened_at", "step_due_on", "due_on", "warn_on", "light", "closed_at", "closed_by", "outcome",
    "opinion", "late_days",
]  # fmt: skip


@dataclass(slots=True)
class ClockBook:
    """The clocks of one case while a change is written."""

    loaded: Loaded
    calendar: Calendar
    resolver: Resolver
    at: dt.datetime
    event_seq: int
    before: dict[int, tuple[object, ...]] = field(default_factory=dict)
    fresh: dict[int, CaseClock] = field(default_factory=dict)
    lines: list[tuple[CaseClock, ClockEntry]] = field(default_factory=list)
    changed: dict[int, CaseClock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember the tasks as the database has them."""
        self.before = {task.pk: _columns(task) for task in self.loaded.tasks}

    def apply(self, change: Change, new_tasks: dict[int, Task]) -> None:
        """Open clocks, write lines, move clocks to transferred tasks, and derive the dates."""
        for opened in change.open_clocks:
            self._open(opened, new_tasks)
        for move in change.move_clocks:
            clock = self._clock(move.clock)
            if clock is not None:
                clock.task = new_tasks[move.task]
                self.changed[id(clock)] = clock
        for line in change.clock_lines:
            self._line(line)
        for clock in [*self.fresh.values(), *self.changed.values()]:
            self.derive(clock)
        self._insert()

    def _open(self, opened: OpenClock, new_tasks: dict[int, Task]) -> None:
        if opened.given is not None:
            limit: Resolved | None = Resolved(opened.given[0], opened.given[1], opened.basis)
        else:
            limit = self.resolver.resolve(opened.limit, opened.on)
        if limit is None:
            return
        task = None
        if opened.task is not None:
            task = new_tasks.get(opened.task) or next(each for each in self.loaded.tasks if each.pk == opened.task)
        clock = CaseClock(
            case=self.loaded.case,
            task=task,
            kind=opened.kind,
            figure=limit.figure,
            unit=limit.unit,
            basis=limit.basis,
            rule_id=limit.rule_id,
            rule_version=limit.rule_version,
            on_expiry=opened.on_expiry,
            started_on=opened.on,
        )
        self.fresh[opened.ref] = clock
        self.loaded.clocks.append(clock)
        self._append(clock, ClockEntry(kind="start", on=opened.on, at=self.at, event_seq=self.event_seq))

    def _clock(self, ref: int) -> CaseClock | None:
        if ref < 0:
            return self.fresh.get(ref)
        return next(clock for clock in self.loaded.clocks if clock.pk == ref)

    def _line(self, line: ClockLine) -> None:
        clock = self._clock(line.clock)
        if clock is None:  # a limit that does not apply to this case
            return
        before = self.entries(clock)
        entry = ClockEntry(
            kind=line.kind,
            on=max(line.on, before[-1].on) if before else line.on,
            at=self.at,
            cause=line.cause,
            basis=line.basis,
            resumption=line.resumption if line.kind == "resume" else "",
            event_seq=self.event_seq,
        )
        if line.extra is not None:
            entry.extra_figure, entry.extra_unit = line.extra
        self._append(clock, entry)
        if clock.pk is not None:
            self.changed[id(clock)] = clock

    def _append(self, clock: CaseClock, entry: ClockEntry) -> None:
        self.lines.append((clock, entry))

    def entries(self, clock: CaseClock) -> list[ClockEntry]:
        """Return a clock's lines, those of this change included."""
        held = self.loaded.entries.get(clock.pk, []) if clock.pk is not None else []
        return [*held, *(entry for owner, entry in self.lines if owner is clock and entry not in held)]

    def derive(self, clock: CaseClock) -> None:
        """Set a clock's columns from its ledger."""
        lines = self.entries(clock)
        limit = Limit(clock.figure, Unit(clock.unit))
        dates = derive(ledger(lines), limit, self.calendar, as_of=local_date(self.at))
        clock.due_on, clock.warn_on = dates.due_on, dates.warn_on
        clock.running, clock.provisional = dates.running, dates.provisional
        clock.used, clock.ended_on = dates.used, dates.ended_on
        clock.extended = sum(line.extra_figure or 0 for line in lines)
        clock.late = dates.ended_on is not None and dates.due_on is not None and dates.ended_on > dates.due_on

    def _insert(self) -> None:
        insert(list(self.fresh.values()))
        for clock, entry in self.lines:
            entry.clock = clock
        write([entry for _clock, entry in self.lines])
        for clock, entry in self.lines:
            self.loaded.entries.setdefault(clock.pk, []).append(entry)
        self.lines = []

    def columns(self, today: dt.date) -> None:
        """Set the case's and the tasks' columns from the clocks."""
        for clock in self.changed.values():
            self._lateness(clock)
        set_columns(self.loaded, today)

    def _lateness(self, clock: CaseClock) -> None:
        if clock.late and clock.task_id is not None and clock.due_on is not None and clock.ended_on is not None:
            task = next(each for each in self.loaded.tasks if each.pk == clock.task_id)
            task.late_days = max(self.calendar.working_days_between(clock.due_on, clock.ended_on), 1)

    def save(self, _today: dt.date) -> None:
        """Write the changed clocks, and the tasks of which a column changed."""
        if self.changed:
            update_all(list(self.changed.values()), CLOCK_FIELDS)
        tasks = [task for task in self.loaded.tasks if self.before.get(task.pk) != _columns(task)]
        update_all(tasks, TASK_FIELDS)


def set_columns(loaded: Loaded, today: dt.date) -> None:
    """Set everything on the case and its tasks that is derived from clocks; nothing is saved."""
    case = loaded.case
    live = [clock for clock in loaded.clocks if clock.ended_on is None]
    for kind in ("statutory", "promised"):
        latest = next((clock for clock in reversed(loaded.clocks) if clock.kind == kind), None)
        setattr(case, f"{kind}_due_on", latest.due_on if latest else None)
    case.due_provisional = any(clock.provisional for clock in live)
    steps = [clock.due_on for clock in live if clock.task_id is not None and clock.due_on is not None]
    case.step_due_on = min(steps, default=None)
    if case.closed_at is not None:
        case.light, case.paused, case.next_check_on = "none", False, None
    else:
        case.light, case.paused = light_of_case(live, today)
        expires = takes_effect(live, today, correcting=case.status == Case.Status.CORRECTION)
        case.next_check_on = today if expires else next_check(live, today)
    for task in loaded.tasks:
        if task.state != Task.State.CLOSED:
            _task_dates(task, live, case, today)
        else:
            task.light = "none"


def _task_dates(task: Task, live: list[CaseClock], case: Case, today: dt.date) -> None:
    own = next((clock for clock in live if clock.task_id == task.pk and clock.running), None)
    kinds = ("correction",) if case.status == Case.Status.CORRECTION else MAIN
    main = [clock for clock in live if clock.kind in kinds and clock.running and task.kind != Task.Kind.EXTENSION]
    rows = [clock for clock in [own, *main] if clock is not None and clock.due_on is not None]
    first = min(rows, key=lambda clock: clock.due_on or dt.date.max, default=None)
    task.step_due_on = own.due_on if own else None
    task.light = light_of(own.due_on, own.warn_on, today) if own else "none"
    task.due_on = first.due_on if first else None
    task.warn_on = min((clock.warn_on for clock in rows if clock.warn_on is not None), default=None)


def _columns(task: Task) -> tuple[object, ...]:
    return tuple(getattr(task, name) for name in _TASK_COLUMNS)


_TASK_COLUMNS = tuple(Task._meta.get_field(name).attname for name in TASK_FIELDS)  # type: ignore[union-attr]  # noqa: SLF001
