"""Turns lights of cases and of single steps, writes each turn down once, and tells whoever listens.

What is written is written for many cases at once: a thousand lights take three statements, as one does.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.engines.cases import registers
from tongban.engines.cases.actions.clocks import set_columns
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import Light, Task
from tongban.engines.cases.registers import LightChange, StepLightChange
from tongban.engines.cases.rules.compiled import Compiled
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.rows.running import send
from tongban.foundation.rows.statements import update_all

LAW = system_actor("law")
"""Who acts when a limit runs out and the law itself says what follows."""

_CASES = """
UPDATE cases_case AS c
SET light = new.light, paused = new.paused, next_check_on = new.next_check_on, event_seq = new.event_seq
FROM unnest(%s::bigint[], %s::text[], %s::boolean[], %s::date[], %s::int[])
    AS new(id, light, paused, next_check_on, event_seq)
WHERE c.id = new.id
"""
_TASKS = """
UPDATE cases_task AS t SET light = new.light FROM unnest(%s::bigint[], %s::text[]) AS new(id, light) WHERE t.id = new.id
"""
_EVENTS = """
INSERT INTO cases_caseevent (case_id, seq, act, kind, step, title, task_id, at, effective_on, actor_key, actor_name,
    from_status, to_status, note, data, definition_version, visible_to_applicant, key)
SELECT e.case_id, e.seq, w.act, 'light', w.step, w.title, e.task_id, %s, %s, %s, %s, w.status, w.status, '', w.data, w.version,
    false, ''
FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::int[]) AS e(case_id, seq, task_id, wording)
JOIN jsonb_to_recordset(%s::jsonb)
    AS w(n int, act text, step text, title jsonb, status text, data jsonb, version int) ON w.n = e.wording
"""

LIGHT_FIELDS = ("light", "paused", "next_check_on", "event_seq")
LIGHT_TITLES = {
    "green": {"zh": "恢复正常", "en": "Back to normal"},
    "amber": {"zh": "亮黄灯：期限临近", "en": "Amber: a limit is near"},
    "red": {"zh": "亮红灯：超过期限", "en": "Red: a limit has passed"},
    "paused": {"zh": "停止计时", "en": "Paused"},
    "none": {"zh": "不计时", "en": "No clock"},
}
STEP_TITLES = {
    "amber": ("{zh}：环节时限临近", "{en}: the limit of the step is near"),
    "red": ("{zh}：超过环节时限", "{en}: the limit of the step has passed"),
}


@dataclass(slots=True)
class StepLook:
    """A live task just looked at: its light before and now. ``kind`` is the task's, ``due_on`` the step's own last day."""

    key: int
    step: str
    kind: str
    unit_id: int
    assignee_id: int | None
    before: str
    light: str
    due_on: dt.date | None


@dataclass(slots=True)
class Look:
    """A live case just looked at: its light before and now, and what is written with it. ``late`` are kinds of clocks."""

    key: int
    number: str
    unit_id: int
    status: str
    compiled: Compiled
    version: int
    before: str
    light: str
    paused: bool
    next_check_on: dt.date | None
    event_seq: int
    late: tuple[str, ...]
    steps: Sequence[StepLook] = ()


@dataclass(slots=True)
class Turned:
    """What turned in one go."""

    cases: list[LightChange] = field(default_factory=list)
    steps: list[StepLightChange] = field(default_factory=list)


def turn_lights(
    loaded: Sequence[Loaded], *, at: dt.datetime, also: Sequence[str] = (), of_tasks: Sequence[str] = ()
) -> Turned:
    """Set the lights of cases and of their live tasks for today, inside the transaction that holds the cases.

    A turn of a case is one event; a step that turns amber or red is an event of its own, so that whoever raises an
    alarm can name it.

    :param also: further fields of the cases to save in the same statement
    :param of_tasks: further fields of the live tasks
    """
    today = local_date(at)
    looks = [_look(each, today) for each in loaded]

    def save(_looks: Sequence[Look], tasks: Sequence[StepLook]) -> None:
        for each, look in zip(loaded, looks, strict=True):
            each.case.event_seq = look.event_seq
        if also or of_tasks:
            update_all([each.case for each in loaded], [*LIGHT_FIELDS, *also])
            live = [task for each in loaded for task in each.tasks if task.state != Task.State.CLOSED]
            update_all(live, ["light", *of_tasks])
        else:
            save_looks(looks, tasks)

    return write_looks(looks, at=at, save=save)


Save = Callable[[Sequence["Look"], Sequence["StepLook"]], None]


def save_looks(looks: Sequence[Look], tasks: Sequence[StepLook]) -> None:
    """Save what was seen of cases, and the lights of the tasks that turned."""
    if looks:
        send(
            _CASES,
            _array(look.key for look in looks),
            _array(look.light for look in looks),
            _array(look.paused for look in looks),
            _array(look.next_check_on for look in looks),
            _array(look.event_seq for look in looks),
            expected=len(looks),
        )
    if tasks:
        send(_TASKS, _array(step.key for step in tasks), _array(step.light for step in tasks), expected=len(tasks))


def write_looks(looks: Sequence[Look], *, at: dt.datetime, save: Save = save_looks) -> Turned:
    """Write what a look at cases found, with an event for each turn, and tell the listeners.

    :param save: how the cases and the tasks that turned are saved
    """
    turned, events = Turned(), _Events()
    tasks: list[StepLook] = []
    for look in looks:
        if look.light != look.before:
            turned.cases.append(_turn_case(look, at, events))
        for step in look.steps:
            if step.light != step.before:
                tasks.append(step)
                if step.light in STEP_TITLES:
                    turned.steps.append(_turn_step(look, step, at, events))
    save(looks, tasks)
    events.write(at)
    for hear in registers.listeners() if turned.cases else ():
        hear(turned.cases)
    for listen in registers.step_listeners() if turned.steps else ():
        listen(turned.steps)
    return turned


def is_due(loaded: Loaded, *, at: dt.datetime) -> bool:
    """Tell whether the lights of a case have not been looked at since one of them changed."""
    return loaded.case.next_check_on is not None and loaded.case.next_check_on <= local_date(at)


def turn_after_law(loaded: Loaded, *, light: str, steps: Mapping[int, str], at: dt.datetime) -> None:
    """Turn the lights of a case on which the law itself has acted, compared with those before; new steps begin green.

    What was noticed late may have passed the next limit too: that is told like any other turn.
    """
    if loaded.case.closed_at is not None:
        return
    loaded.case.light = light
    for task in loaded.tasks:
        if task.state != Task.State.CLOSED:
            task.light = steps.get(task.pk, Light.GREEN if task.light != Light.NONE else Light.NONE)
    turn_lights([loaded], at=at)


def late_kinds(clocks: Iterable[Any], today: dt.date) -> tuple[str, ...]:
    """Return the kinds of the live clocks that have run out."""
    return tuple(clock.kind for clock in clocks if clock.due_on is not None and clock.due_on < today)


def _look(loaded: Loaded, today: dt.date) -> Look:
    """Look at a case whose rows are loaded; its columns are set and not saved."""
    case = loaded.case
    before = case.light
    lights = {task.pk: task.light for task in loaded.tasks if task.state != Task.State.CLOSED}
    set_columns(loaded, today)
    steps = [
        StepLook(
            task.pk, task.step, task.kind, task.unit_id, task.assignee_id, lights[task.pk], task.light, task.step_due_on
        )
        for task in loaded.tasks
        if task.pk in lights
    ]  # fmt: skip
    late = late_kinds((clock for clock in loaded.clocks if clock.ended_on is None), today)
    return Look(
        case.pk, case.number, case.unit_id, case.status, loaded.compiled, case.definition.version, before, case.light,
        case.paused, case.next_check_on, case.event_seq, late, steps,
    )  # fmt: skip


def _turn_case(look: Look, at: dt.datetime, events: _Events) -> LightChange:
    data = {"from": look.before, "to": look.light, "late": look.late}
    seq = events.note(look, f"light_{look.light}", LIGHT_TITLES[look.light], data)
    return LightChange(
        look.key, look.number, look.unit_id, look.before, look.light, local_date(at), at, look.late, event_seq=seq
    )


def _turn_step(look: Look, step: StepLook, at: dt.datetime, events: _Events) -> StepLightChange:
    title = look.compiled.title_of(step.step)
    data = {"from": step.before, "to": step.light, "due": step.due_on.isoformat() if step.due_on else ""}
    texts = STEP_TITLES[step.light]
    said = {language: text.format(**title) for language, text in zip(("zh", "en"), texts, strict=True)}
    seq = events.note(look, f"step_{step.light}", said, data, step)
    return StepLightChange(
        task_id=step.key,
        case_id=look.key,
        number=look.number,
        step=step.step,
        kind=step.kind,
        unit_id=step.unit_id,
        assignee_id=step.assignee_id,
        before=step.before,
        after=step.light,
        due_on=step.due_on,
        on=local_date(at),
        at=at,
        event_seq=seq,
    )


class _Events:
    """Events about to be written. Most of a morning's say the same of other cases: each wording is sent once."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int | None, int]] = []
        self.wordings: dict[tuple[Any, ...], int] = {}
        self.texts: list[dict[str, Any]] = []

    def note(
        self, look: Look, act: str, title: Mapping[str, str], data: Mapping[str, Any], step: StepLook | None = None
    ) -> int:
        """Note an event to be written and return its number in its case."""
        look.event_seq += 1
        code = step.step if step else ""
        wording = (act, code, title["zh"], title["en"], look.status, look.version, *data.values())
        number = self.wordings.setdefault(wording, len(self.wordings))
        if number == len(self.texts):
            self.texts.append(
                {
                    "n": number, "act": act, "step": code, "title": title, "status": look.status, "data": data,
                    "version": look.version,
                }
            )  # fmt: skip
        self.rows.append((look.key, look.event_seq, step.key if step else None, number))
        return look.event_seq

    def write(self, at: dt.datetime) -> None:
        """Write them in one statement."""
        if self.rows:
            columns = [_array(column) for column in zip(*self.rows, strict=True)]
            texts = json.dumps(self.texts, ensure_ascii=False)
            send(_EVENTS, at, local_date(at), LAW.key, LAW.name, *columns, texts, expected=len(self.rows))


def _array(values: Iterable[object]) -> str:
    """Return numbers, days, truths and names of lights as the server reads an array: none of them needs quoting."""
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"
