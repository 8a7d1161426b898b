"""What each kind of act does to a case. Each function takes a :class:`Turn` and returns a change (or a refusal)."""

from __future__ import annotations

import datetime as dt

from tongban.engines.cases.rules.compiled import SUBMIT, ActionDef, Compiled
from tongban.engines.cases.rules.state import (
    Act,
    Change,
    CloseTask,
    MoveClock,
    OpenTask,
    Refusal,
    State,
    TaskView,
    TouchTask,
    Who,
)
from tongban.engines.cases.rules.turn import MAIN_CLOCKS, Turn
from tongban.engines.cases.rules.vocabulary import Kind, Phase, Status

EXTENDED = ("statutory", "promised")
RENEWAL = "《中华人民共和国行政许可法》第五十条第二款"


def begin(
    compiled: Compiled,
    *,
    on: dt.date,
    starts_on: dt.date,
    lead_unit: int,
    by: int | None,
    expires_on: dt.date | None = None,
) -> Change:
    """Return the change by which a case begins.

    :param on: the day of receipt, from which the acceptance clock counts
    :param starts_on: the first day from which an item done at once counts (``on`` or the next working day)
    :param expires_on: the last day of the license whose renewal is applied for in time (行政许可法 Art. 50)
    """
    state = State(Status.SUBMITTED, "", on, lead_unit)
    turn = Turn(compiled, state, Act("submit", Who(id=by, applicant=True), on), SUBMIT, None, {})
    turn.enter(compiled.start)
    if expires_on is not None:
        turn.start_clock("expiry", expires_on, given=(0, "calendar_day"), basis=RENEWAL, on_expiry="deemed_renew")
    if "acceptance" in compiled.clocks:
        turn.start_clock("acceptance", on)
    if compiled.instant and "promised" in compiled.clocks:
        turn.start_clock("promised", starts_on)
    if turn.regime.begins == "receipt":
        _start_main(turn, on)
        return turn.change(Status.ACCEPTED, stamps=frozenset({"accepted"}), accepted_on=on)
    return turn.change(Status.SUBMITTED)


# -- acceptance ----------------------------------------------------------------------------------------------------


def accept(turn: Turn) -> Change:
    """Accept; the main clocks count from this day (行政许可法 Art. 42: from acceptance)."""
    turn.end_clocks("acceptance", cause="accepted")
    _start_main(turn, turn.on)
    if "notice" in turn.compiled.clocks:
        turn.start_clock("notice", turn.on)
    turn.finish(turn.at_task, "accepted", turn.values.get("opinion", ""))
    turn.enter(turn.action.to)
    return turn.change(_status_on(turn, Status.ACCEPTED), stamps=frozenset({"accepted"}), accepted_on=turn.on)


def deemed_accept(turn: Turn) -> Change | Refusal:
    """Accept by force of law: the notice was not given in time, so the day of receipt counts as the day of acceptance."""
    clock = turn.state.live_clocks("acceptance")[0]
    if clock.due_on is None or turn.act.on <= clock.due_on:
        return Refusal("not_expired")
    received, expired = clock.started_on, clock.due_on
    turn.line(clock, "end", expired, cause="deemed_accepted", basis=_basis_of(turn, "acceptance"))
    _start_main(turn, received)
    task = next((each for each in turn.state.live_tasks if each.kind == "main"), None)
    gate = _acceptance_action(turn.compiled, task)
    if task is not None and gate is not None:
        turn.finish(task, "deemed_accepted")
        turn.enter(gate.to, on=expired)
    return turn.change(
        _status_on(turn, Status.ACCEPTED),
        effective_on=received,
        stamps=frozenset({"accepted"}),
        accepted_on=received,
    )


def _acceptance_action(compiled: Compiled, task: TaskView | None) -> ActionDef | None:
    if task is None:
        return None
    return next((each for each in compiled.steps[task.step].actions.values() if each.kind is Kind.ACCEPT), None)


def _basis_of(turn: Turn, clock: str) -> str:
    source = turn.compiled.clocks[clock].limit.source
    return source["zh"] if source else ""


def _start_main(turn: Turn, on: dt.date) -> None:
    for kind in MAIN_CLOCKS:
        declared = turn.compiled.clocks.get(kind)
        if declared is not None and not declared.starts and not turn.state.live_clocks(kind):
            turn.start_clock(kind, on)


def _status_on(turn: Turn, status: Status) -> Status:
    return Status.HANDLING if turn.specials and status is Status.ACCEPTED else status


def refuse_acceptance(turn: Turn) -> Change:
    """Do not accept; the case is over."""
    turn.finish_everything("not_accepted")
    return turn.change(Status.NOT_ACCEPTED, result="not_accepted", stamps=frozenset({"closed"}))


def return_application(turn: Turn) -> Change:
    """Give the papers back with everything that is missing, once; whoever files again begins anew (登记实施细则 Art. 18)."""
    turn.finish_everything("returned")
    return turn.change(Status.CLOSED, result="returned", stamps=frozenset({"closed"}))


def request_correction(turn: Turn) -> Change | Refusal:
    """Tell the applicant, once, everything that must be put right; the duty to answer in time is fulfilled by it.

    Where the time for the reply begins anew with the corrected request, the main clocks stand still until then.
    """
    allowed = turn.compiled.correction
    if allowed is None:
        return Refusal("no_correction")
    days = turn.values["days"]
    if days > allowed.max_days:
        return Refusal("data", fields={"days": "too_many_days"}, params={"max": allowed.max_days})
    turn.end_clocks("acceptance", "notice", cause="correction_requested")
    if turn.regime.correction == "restarts":
        for clock in turn.state.live_clocks(*MAIN_CLOCKS):
            if clock.running:
                turn.line(clock, "stop", cause="correction", basis=allowed.basis)
    turn.wait(turn.at_task, "correction")
    turn.start_clock(
        "correction", turn.on, given=(days, "working_day"), basis=allowed.basis,
        on_expiry="abandon" if allowed.abandons(turn.state.line) else "",
    )  # fmt: skip
    return turn.change(Status.CORRECTION, ask_correction=True)


def supplement(turn: Turn) -> Change | Refusal:
    """Take the corrected material in; the time for accepting, or for the reply, counts anew from its receipt."""
    clock = next(iter(turn.state.live_clocks("correction")), None)
    late = clock is not None and clock.due_on is not None and turn.act.on > clock.due_on
    if late and clock is not None and clock.on_expiry == "abandon":
        return Refusal("correction_lapsed")
    turn.end_clocks("correction", cause="corrected")
    task = next(each for each in turn.state.live_tasks if each.kind == "main")
    turn.touched.append(TouchTask(task.ref, state="open"))
    own = turn.clock_of(task.ref)
    if turn.regime.correction == "restarts":
        for each in [*turn.state.live_clocks(*MAIN_CLOCKS), *([own] if own is not None else [])]:
            if not each.running:
                turn.line(each, "resume", cause="corrected", resumption="restart")
        return turn.change(Status.HANDLING, answer_correction=True)
    if "acceptance" in turn.compiled.clocks:
        turn.start_clock("acceptance", turn.on)
    if own is not None and not own.running:
        turn.line(own, "resume", cause="corrected")
    return turn.change(Status.SUBMITTED if task.assignee is None else Status.PRE_REVIEW, answer_correction=True)


def abandon(turn: Turn) -> Change | Refusal:
    """Close the case because the applicant let the time for correction pass."""
    clock = next(iter(turn.state.live_clocks("correction")), None)
    if clock is None or clock.on_expiry != "abandon" or clock.due_on is None or turn.act.on <= clock.due_on:
        return Refusal("not_expired")
    turn.line(clock, "end", clock.due_on, cause="lapsed")
    turn.finish_everything("abandoned")
    return turn.change(
        Status.ABANDONED, result="abandoned", stamps=frozenset({"closed"}), lapse_correction=True,
        effective_on=clock.due_on + dt.timedelta(days=1),
    )  # fmt: skip


def lapse(turn: Turn) -> Change | Refusal:
    """Let a period end that has no other consequence than that something can no longer be done."""
    if turn.law is None:
        return Refusal("not_expired")
    turn.line(turn.law, "end", cause="lapsed")
    return turn.change()


def deemed_renew(turn: Turn) -> Change | Refusal:
    """Renew by force of law: the license expired while a timely application was undecided (行政许可法 Art. 50)."""
    clock = turn.law
    if clock is None:
        return Refusal("not_expired")
    leads = [
        action for step in turn.compiled.steps.values() for action in step.actions.values() if action.kind is Kind.GRANT
    ]
    turn.finish_everything("deemed_renewed")
    if "delivery" in turn.compiled.clocks:
        turn.start_clock("delivery", turn.on)
    turn.enter(leads[0].to)
    stamps = {"decided"} if turn.state.accepted else {"decided", "accepted"}
    return turn.change(
        Status.DECIDED, result="granted", stamps=frozenset(stamps), accepted_on=turn.state.received_on,
    )  # fmt: skip


def withdraw(turn: Turn) -> Change:
    """Close the case at the applicant's wish."""
    turn.finish_everything("withdrawn")
    return turn.change(Status.WITHDRAWN, result="withdrawn", stamps=frozenset({"closed"}))


# -- handling ------------------------------------------------------------------------------------------------------


def complete(turn: Turn) -> Change:
    """Close a step and open the next."""
    turn.finish(turn.at_task, turn.action.outcome or turn.action.code, turn.values.get("opinion", ""))
    turn.enter(turn.action.to)
    return turn.change(_handling(turn))


def return_back(turn: Turn) -> Change:
    """Open an earlier step again, for the person who had it last."""
    turn.finish(turn.at_task, "returned", turn.values["reason"])
    hands = turn.state.hands.get(turn.action.to, ())
    turn.enter(turn.action.to, assignee=hands[-1] if hands else None)
    return turn.change(_handling(turn))


def _handling(turn: Turn) -> Status:
    return Status.HANDLING if turn.state.status is Status.ACCEPTED else turn.state.status


def grant(turn: Turn) -> Change:
    """Grant the licence; the time for delivery counts from now (Art. 44)."""
    return _decide(turn, "granted")


def refuse(turn: Turn) -> Change:
    """Refuse with reasons, basis and remedies (Art. 38)."""
    return _decide(turn, "refused")


def _decide(turn: Turn, result: str) -> Change:
    stamps = {"decided"}
    accepted_on = None
    if not turn.state.accepted:
        turn.end_clocks("acceptance", cause="accepted")
        stamps.add("accepted")
        accepted_on = turn.on
    turn.finish(turn.at_task, result, turn.values.get("opinion") or turn.values.get("reason", ""))
    for other in turn.state.live_tasks:
        if other.kind == "extension":
            turn.finish(other, "void")
    turn.end_clocks(*MAIN_CLOCKS, "expiry", "notice", cause=result)
    if result == "granted" and "delivery" in turn.compiled.clocks:
        turn.start_clock("delivery", turn.on)
    turn.enter(turn.action.to)
    return turn.change(Status.DECIDED, result=result, stamps=frozenset(stamps), accepted_on=accepted_on)


def issue(turn: Turn) -> Change:
    """Make the certificate and go on to delivery."""
    turn.finish(turn.at_task, "issued", turn.values.get("note", ""))
    turn.enter(turn.action.to)
    return turn.change()


def deliver(turn: Turn) -> Change:
    """Hand the result over; the case ends here unless a step follows."""
    turn.end_clocks("delivery", cause="delivered")
    if turn.action.to:
        turn.finish(turn.at_task, "delivered", turn.values.get("note", ""))
        turn.enter(turn.action.to)
        return turn.change(Status.DELIVERED, stamps=frozenset({"delivered"}))
    turn.finish(turn.at_task, "delivered", turn.values.get("note", ""))
    turn.finish_everything("void")
    return turn.change(Status.CLOSED, stamps=frozenset({"delivered", "closed"}))


def close(turn: Turn) -> Change:
    """File the case."""
    turn.finish_everything("closed")
    return turn.change(Status.CLOSED, stamps=frozenset({"closed"}))


def terminate(turn: Turn) -> Change:
    """End the handling for one of the grounds of the closed list."""
    turn.finish_everything("terminated")
    return turn.change(Status.CLOSED, result="terminated", stamps=frozenset({"closed"}))


# -- the task tree -------------------------------------------------------------------------------------------------


def assign(turn: Turn) -> Change:
    """Let someone (oneself by default) have a task."""
    task = turn.at_task
    person = turn.values.get("assignee", turn.act.who.id)
    turn.touched.append(TouchTask(task.ref, assignee=person))
    status = turn.state.status
    if status is Status.SUBMITTED:
        status = Status.PRE_REVIEW
    elif status is Status.ACCEPTED and turn.compiled.steps.get(task.step) is not None:
        step = turn.compiled.steps[task.step]
        status = Status.HANDLING if step.phase is Phase.HANDLING else status
    return turn.change(status)


def transfer(turn: Turn) -> Change | Refusal:
    """Hand a task to another unit; neither the case's clocks nor the task's begin anew."""
    task = turn.at_task
    unit, person = turn.values["unit"], turn.values.get("assignee")
    if unit == task.unit and person in (None, task.assignee):
        return Refusal("data", fields={"unit": "same_unit"})
    ref = turn.ref()
    turn.closed.append(CloseTask(task.ref, "transferred", turn.values["reason"]))
    turn.opened.append(
        OpenTask(
            ref, task.kind, task.step, task.role, unit, assignee=person, parent=task.parent, blocking=task.blocking
        )
    )
    clock = turn.clock_of(task.ref)
    if clock is not None:
        turn.moves.append(MoveClock(clock.ref, ref))
    return turn.change()


def co_handle(turn: Turn) -> Change | Refusal:
    """Ask other units for their opinion and wait until all have answered."""
    task = turn.at_task
    units = [unit for unit in turn.values["units"] if unit != task.unit]
    if not units:
        return Refusal("data", fields={"units": "same_unit"})
    for unit in units:
        ref = turn.ref()
        turn.opened.append(
            OpenTask(ref, "co_handle", "co_handle", task.role, unit, parent=task.ref, question=turn.values["question"])
        )
        days = turn.values.get("days")
        if days:
            turn.start_clock("step", turn.on, task=ref, given=(days, "working_day"))
    turn.wait(task, "co_handle")
    return turn.change(_handling(turn))


def reply(turn: Turn) -> Change:
    """Answer a consultation; the unit that asked goes on when the last has answered."""
    task = turn.at_task
    turn.finish(task, turn.values["conclusion"], turn.values["opinion"])
    turn.wake(task.parent, but=task.ref)
    return turn.change()


def reclaim(turn: Turn) -> Change:
    """Call back consultations that are no longer needed."""
    task = turn.at_task
    others = False
    for child in turn.state.children(task.ref):
        if child.kind == "co_handle":
            turn.finish(child, "reclaimed")
        elif child.blocking:
            others = True
    if not others:
        turn.touched.append(TouchTask(task.ref, state="open"))
        clock = turn.clock_of(task.ref)
        if clock is not None:
            turn.line(clock, "resume", cause="reclaimed")
    return turn.change()


# -- special procedures and more time ------------------------------------------------------------------------------


def start_special(turn: Turn) -> Change | Refusal:
    """Open a special procedure below the step; the step waits for it.

    The main clock stops only if the time needed is told in writing (行政许可法 Art. 45): without a notice, refused.
    """
    task = turn.at_task
    special = turn.compiled.specials[turn.action.special]
    if special.stops_clock and not special.start.notices:
        return Refusal("no_written_notice", {"special": special.code})
    turn.begin_special(special.code, parent=task.ref, unit=task.unit, on=turn.on)
    turn.wait(task, special.code)
    return turn.change(_handling(turn))


def finish_special(turn: Turn) -> Change | Refusal:
    """End a special procedure; the main clocks go on when the last one that stopped them has ended."""
    task = turn.at_task
    special = turn.compiled.specials[task.step]
    if turn.law is None and len(turn.values.get("members", ())) < special.min_people:
        return Refusal("data", fields={"members": "too_few_people"}, params={"count": special.min_people})
    mine = next(each for each in turn.state.specials if each.task == task.ref)
    turn.finish(task, turn.values["conclusion"], turn.values["opinion"])
    still = any(each.stops and not each.ended and each.ref != mine.ref for each in turn.state.specials)
    if mine.stops and not still:
        for clock in turn.state.live_clocks(*MAIN_CLOCKS):
            if not clock.running:
                turn.line(clock, "resume", cause=special.code, basis=special.basis)
    turn.wake(task.parent, but=task.ref)
    return turn.change(_handling(turn))


def request_extension(turn: Turn) -> Change | Refusal:
    """Ask whom the law names (the head of the unit, of the government) for more time; the work goes on meanwhile."""
    task, allowed = turn.at_task, turn.compiled.extension
    if allowed is None or allowed.limit.figure is None:
        return Refusal("no_extension")
    if turn.values["days"] > allowed.limit.figure:
        return Refusal("data", fields={"days": "too_many_days"}, params={"max": allowed.limit.figure})
    ref = turn.ref()
    unit: int | str = "government" if allowed.unit == "government" else task.unit
    turn.opened.append(OpenTask(ref, "extension", "extension", allowed.approver, unit, blocking=False))
    return turn.change(_handling(turn), ask_extension=ref)


def approve_extension(turn: Turn) -> Change | Refusal:
    """Approve more time: the main clocks get longer, once (Art. 42)."""
    task, allowed = turn.at_task, turn.compiled.extension
    asked = next(each for each in turn.state.extensions if each.task == task.ref)
    if allowed is None or not turn.state.live_clocks(*EXTENDED):
        return Refusal("no_clock")
    basis = allowed.limit.source["zh"] if allowed.limit.source else ""
    for clock in turn.state.live_clocks(*EXTENDED):
        turn.line(clock, "extend", cause="extension", basis=basis, extra=(asked.figure, asked.unit))
    turn.finish(task, "granted", turn.values.get("opinion", ""))
    return turn.change(settle_extension=(asked.ref, "granted"))


def reject_extension(turn: Turn) -> Change:
    """Refuse more time."""
    task = turn.at_task
    asked = next(each for each in turn.state.extensions if each.task == task.ref)
    turn.finish(task, "rejected", turn.values["reason"])
    return turn.change(settle_extension=(asked.ref, "rejected"))
