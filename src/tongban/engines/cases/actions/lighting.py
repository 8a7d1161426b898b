"""Turns lights of cases and of single steps, writes each turn down once, and tells whoever listens."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tongban.engines.cases import registers
from tongban.engines.cases.actions.clocks import set_columns
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import Case, Light, Task
from tongban.engines.cases.registers import LightChange, StepLightChange
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.rows.statements import update_all

LAW = system_actor("law")
"""Who acts when a limit runs out and the law itself says what follows."""

_EVENTS = """
INSERT INTO cases_caseevent (case_id, seq, act, kind, step, title, task_id, at, effective_on, actor_key, actor_name,
    from_status, to_status, note, data, definition_version, visible_to_applicant, key)
SELECT case_id, seq, act, 'light', step, title::jsonb, task_id, %s, %s, %s, %s, status, status, '', data::jsonb, version, false, ''
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::int[])
    AS new(case_id, seq, act, step, title, task_id, status, data, version)
"""
Row = tuple[int, int, str, str, str, int | None, str, str, int]
"""An event about to be written: case, number, act, step, title, task, status, data, version of the process."""

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
class Turned:
    """What turned in one go."""

    cases: list[LightChange] = field(default_factory=list)
    steps: list[StepLightChange] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


def turn_lights(loaded: Sequence[Loaded], *, at: dt.datetime) -> Turned:
    """Set the lights of cases and of their live tasks for today, inside the transaction that holds the cases.

    A turn of a case is one event; a step that turns amber or red is an event of its own, so that whoever raises an
    alarm can name it.
    """
    today = local_date(at)
    turned = Turned()
    tasks: list[Task] = []
    for each in loaded:
        before = each.case.light
        lights = {task.pk: task.light for task in each.tasks if task.state != Task.State.CLOSED}
        set_columns(each, today)
        if each.case.light != before:
            _turn_case(each, before, at, turned)
        for task in each.tasks:
            if task.pk in lights and task.light != lights[task.pk]:
                tasks.append(task)
                _turn_step(each, task, lights[task.pk], at, turned)
    update_all([each.case for each in loaded], ["light", "paused", "next_check_on", "event_seq"])
    update_all(tasks, ["light"])
    _write(turned.events, at)
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


def _turn_case(loaded: Loaded, before: str, at: dt.datetime, turned: Turned) -> None:
    case, today = loaded.case, local_date(at)
    late = tuple(
        clock.kind
        for clock in loaded.clocks
        if clock.ended_on is None and clock.due_on is not None and clock.due_on < today
    )
    data = {"from": before, "to": case.light, "late": list(late)}
    seq = _note(turned, case, f"light_{case.light}", LIGHT_TITLES[Light(case.light).value], data)
    turned.cases.append(
        LightChange(case.pk, case.number, case.unit_id, before, case.light, today, at, late, event_seq=seq)
    )


def _turn_step(loaded: Loaded, task: Task, before: str, at: dt.datetime, turned: Turned) -> None:
    texts = STEP_TITLES.get(task.light)
    if texts is None:
        return
    case, today = loaded.case, local_date(at)
    title = loaded.compiled.title_of(task.step)
    data = {"from": before, "to": task.light, "due": task.step_due_on.isoformat() if task.step_due_on else ""}
    said = {language: text.format(**title) for language, text in zip(("zh", "en"), texts, strict=True)}
    seq = _note(turned, case, f"step_{task.light}", said, data, task)
    turned.steps.append(
        StepLightChange(
            task_id=task.pk,
            case_id=case.pk,
            number=case.number,
            step=task.step,
            kind=task.kind,
            unit_id=task.unit_id,
            assignee_id=task.assignee_id,
            before=before,
            after=task.light,
            due_on=task.step_due_on,
            on=today,
            at=at,
            event_seq=seq,
        )
    )


def _note(
    turned: Turned, case: Case, act: str, title: Mapping[str, str], data: Mapping[str, Any], task: Task | None = None
) -> int:
    """Note an event to be written and return its number."""
    case.event_seq += 1
    turned.events.append(
        (
            case.pk, case.event_seq, act, task.step if task else "", _json(title), task.pk if task else None, case.status,
            _json(data), case.definition.version,
        )
    )  # fmt: skip
    return case.event_seq


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(events: Sequence[Row], at: dt.datetime) -> None:
    """Write many events in one statement: thousands of lights turn at the beginning of a day."""
    if events:
        columns = [list(column) for column in zip(*events, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_EVENTS, [at, local_date(at), LAW.key, LAW.name, *columns])
