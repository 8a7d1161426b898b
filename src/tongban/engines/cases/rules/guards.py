"""Who may do what now: the questions asked before anything is changed, pure."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.engines.cases.rules.compiled import (
    ABANDON,
    ASSIGN,
    DEEMED_ACCEPT,
    DEEMED_RENEW,
    LAPSE,
    RECLAIM,
    REPLY,
    SUPPLEMENT,
    WITHDRAW,
    ActionDef,
    Compiled,
)
from tongban.engines.cases.rules.expiry import clock_behind
from tongban.engines.cases.rules.regimes import regime_of
from tongban.engines.cases.rules.state import Refusal, State, TaskView, Who
from tongban.engines.cases.rules.vocabulary import (
    BEFORE_DECISION,
    BY_APPLICANT,
    BY_SYSTEM,
    OVER,
    Kind,
    Status,
)

WINDOW = "window_clerk"
HEAD = "unit_head"
VOID = frozenset({"void", "withdrawn", "terminated", "abandoned"})


def actions_of_task(compiled: Compiled, state: State, task: TaskView) -> Iterator[ActionDef]:
    """Return everything that may be offered at a live task, in the order of the screen."""
    if task.state == "waiting":
        if any(child.kind == "co_handle" for child in state.children(task.ref)):
            yield RECLAIM
        if state.status is Status.CORRECTION and task.kind == "main":
            actions = compiled.steps[task.step].actions.values()
            yield from (action for action in actions if action.kind is Kind.REFUSE_ACCEPTANCE)
        return
    if task.kind == "special":
        yield compiled.specials[task.step].finish
    elif task.kind in ("co_handle", "joint"):
        yield REPLY
    elif task.kind == "extension":
        if compiled.extension is not None:
            yield compiled.extension.approve
            yield compiled.extension.reject
        return
    else:
        yield from _main_actions(compiled, task)
    yield ASSIGN


def _main_actions(compiled: Compiled, task: TaskView) -> Iterator[ActionDef]:
    step = compiled.steps[task.step]
    yield from step.actions.values()
    for special in compiled.specials.values():
        if task.step in special.hosts:
            yield special.start


def actions_of_case(compiled: Compiled, state: State) -> Iterator[ActionDef]:
    """Return what belongs to the case as a whole: the applicant's acts and the law's own effects."""
    if state.status is Status.CORRECTION:
        yield SUPPLEMENT
        yield ABANDON
    if state.status in BEFORE_DECISION:
        yield WITHDRAW
    if not state.accepted and state.live_clocks("acceptance"):
        yield DEEMED_ACCEPT
    for clock in state.live_clocks("notice", "expiry"):
        yield LAPSE if clock.on_expiry == "lapse" else DEEMED_RENEW


def guard(compiled: Compiled, state: State, who: Who, task: TaskView | None, action: ActionDef) -> Refusal | None:
    """Return why this person may not do this now, or None."""
    if state.status in OVER:
        return Refusal("case_over")
    if task is None:
        return _guard_case(state, who, action)
    return _guard_person(compiled, state, who, task, action) or _guard_state(compiled, state, task, action)


def _guard_case(state: State, who: Who, action: ActionDef) -> Refusal | None:
    if action.kind in BY_SYSTEM:
        return None if who.system else Refusal("only_by_law", hidden=True)
    if action.kind in BY_APPLICANT:
        at_window = WINDOW in who.roles and who.unit == state.lead_unit
        return None if who.applicant or at_window else Refusal("only_applicant", hidden=True)
    return Refusal("unknown_action", hidden=True)


def _guard_person(compiled: Compiled, state: State, who: Who, task: TaskView, action: ActionDef) -> Refusal | None:
    if who.system:
        lawful = clock_behind(compiled, state, task, action)
        return None if lawful is not None else Refusal("only_by_hand", hidden=True)
    if action.by_law:
        return Refusal("only_by_law", hidden=True)
    if who.unit is None or who.unit != task.unit:
        return Refusal("other_unit", hidden=True)
    heads = action.kind in (Kind.ASSIGN, Kind.TRANSFER, Kind.RECLAIM) and HEAD in who.roles
    needed = action.role or task.role
    if needed and needed not in who.roles and not heads:
        return Refusal("other_role", {"role": needed}, hidden=True)
    if task.assignee is not None and task.assignee != who.id and not heads:
        return Refusal("assigned_to_other")
    return _guard_separation(compiled, state, who, task, action)


def _guard_separation(compiled: Compiled, state: State, who: Who, task: TaskView, action: ActionDef) -> Refusal | None:
    if action.kind is Kind.TRANSFER:
        return None
    step = compiled.steps.get(task.step)
    for other in (*action.separate_from, *(step.separate_from if step else ())):
        if who.id is not None and who.id in state.hands.get(other, ()):
            return Refusal("same_person", {"step": other})
    return None


def _guard_state(compiled: Compiled, state: State, task: TaskView, action: ActionDef) -> Refusal | None:
    for code in action.requires:
        if not any(special.code == code and special.ended and special.result not in VOID for special in state.specials):
            return Refusal("special_missing", {"special": code})
    check = _STATE_GUARDS.get(action.kind)
    return check(compiled, state, task, action) if check else None


def _guard_accept(_compiled: Compiled, state: State, _task: TaskView, _action: ActionDef) -> Refusal | None:
    return Refusal("already_accepted") if state.accepted else None


def _guard_refuse_acceptance(compiled: Compiled, state: State, task: TaskView, action: ActionDef) -> Refusal | None:
    running = next(iter(state.live_clocks("correction")), None)
    if running is not None and (running.due_on is None or state.on is None or state.on <= running.due_on):
        return Refusal("correction_running")
    return _guard_accept(compiled, state, task, action)


def _guard_correction(compiled: Compiled, state: State, _task: TaskView, _action: ActionDef) -> Refusal | None:
    if regime_of(compiled.regime).correction == "restarts":
        return _guard_correction_in_time(state)
    if state.accepted:
        return Refusal("already_accepted")
    return Refusal("correction_once") if state.corrections else None


def _guard_correction_in_time(state: State) -> Refusal | None:
    """Let a request be sent back for correction once, and only within the time for it (政府信息公开条例 Art. 30)."""
    if state.corrections:
        return Refusal("correction_once")
    for clock in state.live_clocks("notice"):
        if clock.due_on is not None and state.on is not None and state.on <= clock.due_on:
            return None
    return Refusal("correction_late")


def _guard_special(compiled: Compiled, state: State, _task: TaskView, action: ActionDef) -> Refusal | None:
    if any(special.code == action.special and not special.ended for special in state.specials):
        return Refusal("special_open", {"special": action.special})
    return None


def _guard_extension(compiled: Compiled, state: State, _task: TaskView, _action: ActionDef) -> Refusal | None:
    allowed = compiled.extension
    if allowed is None:
        return Refusal("no_extension")
    if any(asked.state == "requested" for asked in state.extensions):
        return Refusal("extension_pending")
    if sum(asked.state == "granted" for asked in state.extensions) >= allowed.times:
        return Refusal("extension_used", {"times": allowed.times})
    return None if state.live_clocks("statutory", "promised") else Refusal("no_clock")


_STATE_GUARDS = {
    Kind.ACCEPT: _guard_accept,
    Kind.REFUSE_ACCEPTANCE: _guard_refuse_acceptance,
    Kind.REQUEST_CORRECTION: _guard_correction,
    Kind.START_SPECIAL: _guard_special,
    Kind.REQUEST_EXTENSION: _guard_extension,
}
