"""Plays the examples of a process through: each must end as its author says, on the days its author says. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.engines.cases.rules import turns
from tongban.engines.cases.rules.compiled import ActionDef, Compiled
from tongban.engines.cases.rules.decide import decide
from tongban.engines.cases.rules.expiry import act_of_law, expired
from tongban.engines.cases.rules.guards import actions_of_case, actions_of_task
from tongban.engines.cases.rules.mistakes import Mistake
from tongban.engines.cases.rules.replay import LimitOf, Replay, open_paths
from tongban.engines.cases.rules.state import Act, Refusal, State, TaskView, Who
from tongban.engines.cases.rules.vocabulary import BY_APPLICANT, BY_SYSTEM, FIELDS, FieldType
from tongban.foundation.clock.rules import Calendar

BY_LAW = "law"
"""In an example: on this day the job runs that lets limits take effect."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act of an example."""

    on: dt.date
    do: str
    data: Mapping[str, Any]
    by: int | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """An example with what it must come to."""

    received: dt.date
    lines: tuple[Line, ...]
    status: str
    result: str
    due: Mapping[str, dt.date]
    line: str = ""


def play(example: Example, compiled: Compiled, calendar: Calendar, limit_of: LimitOf, index: int) -> list[Mistake]:
    """Return what an example shows to be wrong."""
    units = {"government": 3, **{f"line:{ask.line}": 10 + n for n, ask in enumerate(compiled.asks.values())}}
    replay = Replay(compiled, calendar, limit_of, line=example.line, units=units)
    first = calendar.next_workday(example.received)
    state = replay.apply(
        turns.begin(compiled, on=example.received, starts_on=first, lead_unit=1, by=1), received_on=example.received
    )
    for number, line in enumerate(example.lines):
        place = ("examples", index, "acts", number)
        if line.do == BY_LAW:
            state, done = run_law(replay, state, line.on, received_on=example.received)
            if done or line.refused:
                continue
            return [Mistake(place, f"{line.on} 没有届满的期限", f"no limit has run out on {line.on}")]
        outcome = decide(compiled, state, act_of(compiled, state, line))
        if isinstance(outcome, Refusal):
            if outcome.code != line.refused:
                return [_refused(place, line, outcome)]
            continue
        if line.refused:
            return [
                Mistake(
                    place,
                    f"{line.do} 本应因 {line.refused} 被拒绝，却做成了",
                    f"{line.do} should be refused: {line.refused}",
                )
            ]
        state = replay.apply(outcome, received_on=example.received)
        broken = open_paths(state)
        if broken:
            return [Mistake(place, f"流程状态不成立：{'；'.join(broken)}", "; ".join(broken))]
    return list(_ends(example, replay, state, index))


def run_law(replay: Replay, state: State, on: dt.date, *, received_on: dt.date) -> tuple[State, int]:
    """Let the law do everything that follows from limits run out by a day; return the state and how many effects."""
    done = 0
    while (clock := expired(state := dataclasses.replace(state, on=on))) is not None:
        outcome = decide(replay.compiled, state, act_of_law(replay.compiled, state, clock))
        if isinstance(outcome, Refusal):
            break
        state = replay.apply(outcome, received_on=received_on)
        done += 1
    return state, done


def _refused(place: tuple[str | int, ...], line: Line, refusal: Refusal) -> Mistake:
    fields = "、".join(f"{name}:{code}" for name, code in refusal.fields.items())
    what = f"{refusal.code} {fields}".strip()
    return Mistake(place, f"{line.on} 的 {line.do} 走不通：{what}", f"{line.do} on {line.on} is refused: {what}")


def _ends(example: Example, replay: Replay, state: State, index: int) -> Iterator[Mistake]:
    if state.status.value != example.status or state.result != example.result:
        got = f"{state.status.value}/{state.result}"
        wanted = f"{example.status}/{example.result}"
        yield Mistake(
            ("examples", index, "status"),
            f"示例应止于 {wanted}，实际为 {got}",
            f"should end as {wanted}, ends as {got}",
        )
    for kind, day in example.due.items():
        held = [ledger for ledger in replay.ledgers.values() if ledger.kind == kind]
        due = held[-1].derive(replay.calendar).due_on if held else None
        if due != day:
            yield Mistake(
                ("examples", index, "due", kind),
                f"到期日应为 {day}，实际为 {due}",
                f"should fall due on {day}, falls due on {due}",
            )


def act_of(compiled: Compiled, state: State, line: Line) -> Act:
    """Return the act of a line by someone who may do it, with what must be said filled in where it was left out."""
    found = next(_candidates(compiled, state, line.do), None)
    if found is None:
        return Act(line.do, Who(id=line.by, system=True), line.on, line.data)
    action, task = found
    return Act(line.do, _who(action, task, line), line.on, {**sample(compiled, action), **line.data})


def _candidates(compiled: Compiled, state: State, code: str) -> Iterator[tuple[ActionDef, TaskView | None]]:
    for task in state.live_tasks:
        for action in actions_of_task(compiled, state, task):
            if action.code == code:
                yield action, task
    for action in actions_of_case(compiled, state):
        if action.code == code:
            yield action, None


def _who(action: ActionDef, task: TaskView | None, line: Line) -> Who:
    if task is None:
        return Who(id=line.by or 1, applicant=action.kind in BY_APPLICANT, system=action.kind in BY_SYSTEM)
    role = action.role or task.role
    person = line.by or task.assignee or 100 + sum(map(ord, role))
    return Who(id=person, unit=task.unit, roles=frozenset({role}))


def sample(compiled: Compiled, action: ActionDef) -> dict[str, Any]:
    """Return believable values for everything an action must say."""
    values: dict[str, Any] = {}
    special = compiled.specials.get(action.special)
    for name in action.all_needs:
        kind = FIELDS[name].type
        if kind is FieldType.CHOICE:
            values[name] = (action.codes_of(name) or FIELDS[name].choices)[0]
        elif kind is FieldType.ITEMS:
            values[name] = [f"{name} {n + 1}" for n in range(max(special.min_people if special else 1, 1))]
        else:
            values[name] = _SAMPLES.get(kind, name)
    return values


_SAMPLES: dict[FieldType, Any] = {
    FieldType.NUMBER: 5,
    FieldType.DATE: "2026-01-05",
    FieldType.UNIT: 3,
    FieldType.UNITS: [3],
    FieldType.ACCOUNT: 9,
    FieldType.CHECKBOX: True,
    FieldType.FILE: "00000000-0000-0000-0000-000000000000",
}
