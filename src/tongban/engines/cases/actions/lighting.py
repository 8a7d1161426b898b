"""Turns lights of cases and of single steps, writes each turn down once, and tells whoever listens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tongban.engines.cases import registers
from tongban.engines.cases.actions.clocks import set_columns
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import Case, CaseEvent, Light, Task
from tongban.engines.cases.registers import LightChange, StepLightChange
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.rows.statements import update_all

LAW = system_actor("law")
"""Who acts when a limit runs out and the law itself says what follows."""

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
    events: list[CaseEvent] = field(default_factory=list)


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
    CaseEvent.objects.bulk_create(turned.events, batch_size=1000)
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
    event = _event(case, f"light_{case.light}", LIGHT_TITLES[Light(case.light).value], at)
    event.data = {"from": before, "to": case.light, "late": list(late)}
    turned.events.append(event)
    turned.cases.append(
        LightChange(case.pk, case.number, case.unit_id, before, case.light, today, at, late, event_seq=event.seq)
    )


def _turn_step(loaded: Loaded, task: Task, before: str, at: dt.datetime, turned: Turned) -> None:
    texts = STEP_TITLES.get(task.light)
    if texts is None:
        return
    case, today = loaded.case, local_date(at)
    title = loaded.compiled.title_of(task.step)
    event = _event(case, f"step_{task.light}", {lang: text.format(**title) for lang, text in _pair(texts).items()}, at)
    event.step, event.task_id = task.step, task.pk
    event.data = {"from": before, "to": task.light, "due": task.step_due_on.isoformat() if task.step_due_on else ""}
    turned.events.append(event)
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
            event_seq=event.seq,
        )
    )


def _pair(texts: tuple[str, str]) -> Mapping[str, str]:
    return {"zh": texts[0], "en": texts[1]}


def _event(case: Case, act: str, title: Mapping[str, Any], at: dt.datetime) -> CaseEvent:
    case.event_seq += 1
    return CaseEvent(
        case=case,
        seq=case.event_seq,
        act=act,
        kind="light",
        title=dict(title),
        at=at,
        effective_on=local_date(at),
        actor_key=LAW.key,
        actor_name=LAW.name,
        from_status=case.status,
        to_status=case.status,
        definition_version=case.definition.version,
        visible_to_applicant=False,
    )
