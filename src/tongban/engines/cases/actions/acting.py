"""The one door through which a case is acted on: lock, permission, decision, rows, audit, documents, messages, effects."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tongban.engines.cases import registers
from tongban.engines.cases.actions.checking import check_references
from tongban.engines.cases.actions.lighting import LAW, is_due, turn_after_law, turn_lights
from tongban.engines.cases.actions.outgoing import send_out
from tongban.engines.cases.actions.refusals import refused
from tongban.engines.cases.actions.writing import Writer, audit_data
from tongban.engines.cases.errors import ActionRefused
from tongban.engines.cases.limits import ItemLimits, Resolver
from tongban.engines.cases.loading import Loaded, load_case, lock_case_row, who
from tongban.engines.cases.models import Case, CaseEvent, Task
from tongban.engines.cases.permissions import ACT
from tongban.engines.cases.registers import ActContext
from tongban.engines.cases.rules.decide import decide
from tongban.engines.cases.rules.expiry import act_of_law, expired
from tongban.engines.cases.rules.state import Act, Change, Refusal, State
from tongban.engines.cases.rules.vocabulary import Kind
from tongban.engines.catalog.models import Implementation
from tongban.engines.licenses.actions import renew_by_law
from tongban.foundation.audit.actions import append
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import NotAllowedError, allows_row
from tongban.foundation.rows.running import ask, streaming
from tongban.foundation.rows.stamps import once

_MOST = 50
"""The most effects that can follow from one another on a case at once."""

_STATUTORY_SOURCE = "SELECT (elements #> '{statutory,source}')::text FROM catalog_implementation WHERE id = %s"


class _Expired(Exception):  # noqa: N818
    """Inside the lock it turned out that a limit had run out; settle it first."""


def act(
    *,
    case: Case,
    action: str,
    by: Actor,
    at: dt.datetime,
    data: Mapping[str, Any] | None = None,
    key: str | None = None,
    expected_version: int | None = None,
    task: int | None = None,
) -> Case:
    """Do something with a case; everything it changes is written in one transaction, or nothing.

    Limits that have run out are settled first (deemed acceptance, abandonment), whenever that is noticed: a missed job
    changes no legal date.

    :param action: the code of an action of the case's process (see ``queries.available_actions``)
    :param data: the values of the action's fields, as entered or already typed
    :param key: the same key on the same case does nothing a second time
    :param expected_version: the version of the case on the actor's screen
    :param task: which task is meant if several are open
    :return: the case as it is afterwards
    :raises NotAllowedError: if the actor may not act on this case at all (answer 404)
    :raises ActionRefused: with the reason and the mistakes by field; nothing was written
    """
    for _attempt in range(3):
        try:
            with transaction.atomic(), once(), streaming():
                return _act_once(
                    case, action, by, at, dict(data or {}), key or "", expected_version=expected_version, task=task
                )
        except _Expired:
            settle(case=case, at=at)
    msg = f"case {case.number} cannot be settled"
    raise RuntimeError(msg)


def lock(case: Case, by: Actor, permission: str = ACT.code) -> Case:
    """Return the case's row, locked until the transaction ends.

    :raises NotAllowedError: if the actor may not touch it
    """
    found = lock_case_row(case.pk)
    if found is None or not allows_row(by, permission, found):
        raise NotAllowedError(permission)
    return found


def _act_once(
    case: Case,
    action: str,
    by: Actor,
    at: dt.datetime,
    data: dict[str, Any],
    key: str,
    *,
    expected_version: int | None,
    task: int | None,
) -> Case:
    locked = lock(case, by)
    if key and CaseEvent.objects.filter(case=locked, key=key).exists():
        return locked
    loaded = load_case(locked)
    state = loaded.state(local_date(at))
    if expired(state):
        raise _Expired
    if expected_version is not None and expected_version != locked.version:
        raise refused(Refusal("stale"))
    if is_due(loaded, at=at):
        turn_lights([loaded], at=at)
    perform(loaded, state, Act(action, who(by, locked), local_date(at), data, task), by=by, at=at, key=key)
    return locked


def settle(*, case: Case, at: dt.datetime) -> list[str]:
    """Let the law's own effects happen on a case whose limits have run out; return what happened.

    Idempotent: the second call finds nothing. Called by the sweep and before every act.
    """
    done: list[str] = []
    with transaction.atomic(), once(), streaming():
        locked = lock(case, LAW)
        loaded = load_case(locked)
        light, steps = locked.light, {task.pk: task.light for task in loaded.tasks}
        for _round in range(_MOST):
            state = loaded.state(local_date(at))
            clock = expired(state)
            if clock is None:
                break
            effect = act_of_law(loaded.compiled, state, clock)
            perform(loaded, state, effect, by=LAW, at=at)
            done.append(effect.code)
        if done:
            turn_after_law(loaded, light=light, steps=steps, at=at)
    return done


def perform(loaded: Loaded, state: State, act_: Act, *, by: Actor, at: dt.datetime, key: str = "") -> CaseEvent:
    """Decide and write, with the case locked.

    :raises ActionRefused: if the act is refused
    """
    outcome = decide(loaded.compiled, state, act_)
    if isinstance(outcome, Refusal):
        raise refused(outcome, loaded.compiled)
    task = next((each for each in loaded.tasks if each.pk == outcome.task), None)
    _check(loaded, outcome, task, by=by, at=at)
    return write(loaded, outcome, task, by=by, at=at, key=key)


def _check(loaded: Loaded, change: Change, task: Task | None, *, by: Actor, at: dt.datetime) -> None:
    wrong = check_references(change, task, loaded.case, on=local_date(at))
    if wrong:
        raise refused(Refusal("data", fields=wrong), loaded.compiled)
    context = ActContext(loaded.case, by, at, change.code, change.data, change, task)
    for name in change.checks:
        sentence = registers.check(name)(context)
        if sentence:
            raise ActionRefused(sentence, code=name)


def write(loaded: Loaded, change: Change, task: Task | None, *, by: Actor, at: dt.datetime, key: str = "") -> CaseEvent:
    """Write a change with its event, audit record, effects, documents and messages."""
    case = loaded.case
    writer = Writer(loaded, change, by, at, calendar_for(case.unit.region_code), resolver_of(loaded), key=key)
    event = writer.write()
    append(
        stream=f"case:{case.number}",
        kind=f"case.{change.kind.value}",
        actor=by.key,
        at=at,
        data=audit_data(event, case),
    )
    context = ActContext(case, by, at, change.code, change.data, change, task, event)
    if change.kind is Kind.DEEMED_RENEW and case.renews is not None:
        renew_by_law(license_=case.renews, case_number=case.number, by=by, at=at)
    for name in change.effects:
        registers.effect(name)(context)
    send_out(loaded, context)
    return event


def resolver_of(loaded: Loaded) -> Resolver:
    """Return what resolves the limits of a case."""
    return Resolver(loaded.compiled, item_limits(loaded.case), loaded.case.unit.region_code)


def item_limits(case: Case) -> ItemLimits:
    """Return the item's own limits; an item done at once has a promised figure of zero."""
    item = case.implementation
    if item is None:
        return ItemLimits()
    statutory = promised = None
    if item.statutory_figure and item.statutory_unit:
        statutory = (item.statutory_figure, item.statutory_unit)
    if item.promised_figure is not None and (item.promised_unit or item.promised_figure == 0):
        promised = (item.promised_figure, item.promised_unit or "working_day")
    elif item.case_kind == "instant":
        promised = (0, "working_day")
    return ItemLimits(statutory, promised, lambda: statutory_source(item))


def statutory_source(item: Implementation) -> str:
    """Return where an item's statutory figure comes from, in Chinese."""
    if "elements" in item.get_deferred_fields():
        ((text,),) = ask(_STATUTORY_SOURCE, item.pk)
        source = json.loads(text) if text else None
    else:
        held = item.elements.get("statutory")
        source = held.get("source") if isinstance(held, Mapping) else None
    if source is None:
        held = item.standard_item.statutory
        source = held.get("source") if isinstance(held, Mapping) else None
    return str(source.get("zh", "")) if isinstance(source, Mapping) else str(source or "")
