"""Decides what an act amounts to: plain values in, a :class:`Change` or a :class:`Refusal` out; nothing is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tongban.engines.cases.rules import turns
from tongban.engines.cases.rules.compiled import ActionDef, Compiled
from tongban.engines.cases.rules.expiry import clock_behind
from tongban.engines.cases.rules.fields import clean
from tongban.engines.cases.rules.guards import actions_of_case, actions_of_task, guard
from tongban.engines.cases.rules.state import Act, Change, Refusal, State, TaskView, Who
from tongban.engines.cases.rules.turn import Turn
from tongban.engines.cases.rules.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that stands on someone's screen; ``refusal`` says why it cannot be used now."""

    action: ActionDef
    task: TaskView | None
    refusal: Refusal | None


def offers(compiled: Compiled, state: State, who: Who) -> Iterator[Offer]:
    """Return every action that is this person's business, usable or not."""
    for task in state.live_tasks:
        for action in actions_of_task(compiled, state, task):
            refusal = guard(compiled, state, who, task, action)
            if refusal is None or not refusal.hidden:
                yield Offer(action, task, refusal)
    for action in actions_of_case(compiled, state):
        refusal = guard(compiled, state, who, None, action)
        if refusal is None or not refusal.hidden:
            yield Offer(action, None, refusal)


def find(compiled: Compiled, state: State, act: Act) -> Offer:
    """Return the action meant, at the task where this person can use it if there is one.

    Without any such action the offer holds a refusal ``not_offered``.
    """
    best: Offer | None = None
    for task in state.live_tasks:
        if act.task is not None and task.ref != act.task:
            continue
        for action in actions_of_task(compiled, state, task):
            if action.code != act.code:
                continue
            refusal = guard(compiled, state, act.who, task, action)
            if refusal is None:
                return Offer(action, task, None)
            if best is None or (best.refusal is not None and best.refusal.hidden and not refusal.hidden):
                best = Offer(action, task, refusal)
    for action in actions_of_case(compiled, state):
        if action.code == act.code:
            return Offer(action, None, guard(compiled, state, act.who, None, action))
    return best or Offer(_UNKNOWN, None, Refusal("not_offered", {"action": act.code}))


_UNKNOWN = ActionDef(code="", kind=Kind.SUBMIT, title={})


def decide(compiled: Compiled, state: State, act: Act) -> Change | Refusal:
    """Return what an act changes, or why it is refused.

    The same function serves a person's act, the law's own effects (by the system), the example scripts of a
    definition and the property tests.
    """
    state = dataclasses.replace(state, on=act.on)
    offer = find(compiled, state, act)
    if offer.refusal is not None:
        return offer.refusal
    values, mistakes = clean(offer.action, act.data, by_law=act.who.system)
    if mistakes:
        return Refusal("data", fields=mistakes)
    law = clock_behind(compiled, state, offer.task, offer.action) if act.who.system else None
    turn = Turn(compiled, state, act, offer.action, offer.task, values, law)
    return _TURNS[offer.action.kind](turn)


_TURNS: dict[Kind, Callable[[Turn], Change | Refusal]] = {
    Kind.ACCEPT: turns.accept,
    Kind.DEEMED_ACCEPT: turns.deemed_accept,
    Kind.REFUSE_ACCEPTANCE: turns.refuse_acceptance,
    Kind.REQUEST_CORRECTION: turns.request_correction,
    Kind.SUPPLEMENT: turns.supplement,
    Kind.DEEMED_RENEW: turns.deemed_renew,
    Kind.ABANDON: turns.abandon,
    Kind.LAPSE: turns.lapse,
    Kind.RETURN_APPLICATION: turns.return_application,
    Kind.WITHDRAW: turns.withdraw,
    Kind.COMPLETE: turns.complete,
    Kind.RETURN_BACK: turns.return_back,
    Kind.GRANT: turns.grant,
    Kind.REFUSE: turns.refuse,
    Kind.ISSUE: turns.issue,
    Kind.DELIVER: turns.deliver,
    Kind.CLOSE: turns.close,
    Kind.TERMINATE: turns.terminate,
    Kind.ASSIGN: turns.assign,
    Kind.TRANSFER: turns.transfer,
    Kind.CO_HANDLE: turns.co_handle,
    Kind.REPLY: turns.reply,
    Kind.RECLAIM: turns.reclaim,
    Kind.START_SPECIAL: turns.start_special,
    Kind.FINISH_SPECIAL: turns.finish_special,
    Kind.REQUEST_EXTENSION: turns.request_extension,
    Kind.APPROVE_EXTENSION: turns.approve_extension,
    Kind.REJECT_EXTENSION: turns.reject_extension,
}
