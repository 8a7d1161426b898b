"""What the law itself does when a limit runs out: the same actions as a person's, by the law, from the legal day on.

The day that counts is the clock's, never the day on which a job noticed it: a missed run changes no legal date.
"""

from __future__ import annotations

from tongban.engines.cases.rules.compiled import ActionDef, Compiled, ExpiryDef
from tongban.engines.cases.rules.state import Act, ClockView, State, TaskView, Who
from tongban.engines.cases.rules.vocabulary import Status

LAW = Who(system=True)
OF_CASE = frozenset({"deemed_accept", "abandon", "lapse", "deemed_renew"})
"""Effects on the case as a whole; their action has the same code. The others act at the clock's own task."""
OF_TASK = frozenset({"step", "special", "reply"})


def expired(state: State) -> ClockView | None:
    """Return the live clock that ran out first and of whose end the law says what follows."""
    over = [clock for clock in state.live_clocks() if has_run_out(clock, state)]
    return min(over, key=lambda clock: (clock.due_on or state.received_on, clock.ref), default=None)


def has_run_out(clock: ClockView, state: State) -> bool:
    """Tell whether a live clock with an effect is past its day."""
    on, due = state.on, clock.due_on
    if clock.on_expiry == "deemed_renew" and state.status is Status.CORRECTION:
        return False  # it is the applicant who has not done what is needed
    return clock.on_expiry in OF_CASE | OF_TASK and due is not None and on is not None and on > due and not clock.ended


def act_of_law(compiled: Compiled, state: State, clock: ClockView) -> Act:
    """Return what the law does at the end of a clock."""
    on = state.on or state.received_on
    if clock.on_expiry in OF_CASE:
        return Act(clock.on_expiry, LAW, on)
    task = state.task(clock.task or 0)
    said = declared(compiled, task)
    if said is None:
        msg = f"the clock of {task.step} has an effect that its process does not declare"
        raise AssertionError(msg)
    return Act(code_at(compiled, task, said), LAW, on, data={"opinion": said.basis, **said.data}, task=task.ref)


def declared(compiled: Compiled, task: TaskView) -> ExpiryDef | None:
    """Return what a process says about the end of a task's own limit."""
    if task.kind == "special":
        return compiled.specials[task.step].on_expiry
    if task.kind == "joint":
        return compiled.asks[task.step].on_expiry
    return compiled.steps[task.step].on_expiry if task.step in compiled.steps else None


def code_at(compiled: Compiled, task: TaskView, said: ExpiryDef) -> str:
    """Return the code of the action by which a limit's end takes effect."""
    if task.kind == "special":
        return compiled.specials[task.step].finish.code
    return "reply" if task.kind == "joint" else said.do


def clock_behind(compiled: Compiled, state: State, task: TaskView | None, action: ActionDef) -> ClockView | None:
    """Return the clock that has run out and lets the law do this here, or None."""
    for clock in state.live_clocks():
        if not has_run_out(clock, state):
            continue
        if task is None:
            if clock.on_expiry == action.code:
                return clock
        elif clock.task == task.ref and clock.on_expiry in OF_TASK:
            said = declared(compiled, task)
            if said is not None and code_at(compiled, task, said) == action.code:
                return clock
    return None
