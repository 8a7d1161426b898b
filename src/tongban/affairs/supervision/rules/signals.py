"""Signals from limits: near, late while the whole is not, promise broken, statute broken.

The codes and colors follow the practice of electronic supervision (reminder, yellow card, red card); thresholds are data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from tongban.affairs.supervision.rules.casefile import DAY, MAIN, CaseFile, ClockLine, Found, of_event, of_task
from tongban.affairs.supervision.rules.registry import rule


def near_from(file: CaseFile, clock: ClockLine, left: int) -> dt.date | None:
    """Return the first day on which no more than ``left`` working days remain of a running limit; ``None`` if none is.

    A limit that is no longer than that anyway gives no reminder: it would come with the work itself.
    """
    if clock.ended_on is not None or not clock.running or clock.due_on is None or clock.due_on < file.on:
        return None
    if clock.figure <= left or file.days(file.on, clock.due_on) > left:
        return None
    first = file.calendar.add_working_days(clock.due_on, -left) if left else clock.due_on
    return max(first, clock.started_on)


def _near(file: CaseFile, left: int, *kinds: str) -> Iterator[Found]:
    for clock in file.clocks:
        first = near_from(file, clock, left) if clock.kind in kinds else None
        if first is None or clock.due_on is None:
            continue
        task = file.task(clock.task) or file.holder(file.on)
        words = {"due": clock.due_on.isoformat(), "left": file.days(file.on, clock.due_on), "step": _step(file, clock)}
        yield Found(f"clock:{clock.ref}", first, words, clock=clock.ref, **of_task(file, task))


def _step(file: CaseFile, clock: ClockLine) -> dict[str, str]:
    task = file.task(clock.task) or file.holder(min(file.on, clock.due_on or file.on))
    return file.title(task.step) if task is not None else file.compiled.title


@rule("SUP-11", words="due left step", left=int)
def step_near_its_end(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find steps and special procedures of which hardly any time is left."""
    return _near(file, params["left"], "step", "special")


@rule("SUP-12", words="due left step", left=int)
def promise_near_its_end(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find cases of whose promised period hardly any time is left."""
    return _near(file, params["left"], "promised")


def _late(file: CaseFile, clock: ClockLine) -> tuple[dt.date, dict[str, Any]] | None:
    """Return the first overdue day of a clock with the words that tell of it."""
    first = clock.late_from(file.on)
    if first is None or clock.due_on is None:
        return None
    until = clock.ended_on or file.on
    days = max(file.days(clock.due_on, until), 1)
    return first, {"due": clock.due_on.isoformat(), "days": days, "step": _step(file, clock), "figure": clock.figure}


def _total_late(file: CaseFile, by: dt.date, *kinds: str) -> bool:
    """Tell whether a limit of the whole case had been overrun by a day."""
    days = [clock.late_from(file.on) for clock in file.clocks if clock.kind in kinds]
    return any(day is not None and day <= by for day in days)


@rule("SUP-21", words="due days step figure")
def step_late_though_the_total_is_not(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find steps beyond their own limit while the case as a whole was still within its periods."""
    for clock in file.clocks:
        late = _late(file, clock) if clock.kind == "step" else None
        if late is None or _total_late(file, late[0], *MAIN):
            continue
        task = file.task(clock.task)
        yield Found(f"clock:{clock.ref}", late[0], late[1], clock=clock.ref, **of_task(file, task))


def _whole(file: CaseFile, clock: ClockLine, late: tuple[dt.date, dict[str, Any]]) -> Found:
    """Return a finding for which the lead unit answers, with the person who had the work when it ran out."""
    task = file.holder(late[0] - DAY)
    who = of_task(file, task) if task is not None and task.unit == file.unit else {"unit": file.unit}
    return Found(f"clock:{clock.ref}", late[0], late[1], clock=clock.ref, **who)


@rule("SUP-22", words="due days step figure")
def promise_broken_though_the_law_is_not(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find cases beyond the promised period while the statutory one was still running."""
    for clock in file.clocks:
        late = _late(file, clock) if clock.kind == "promised" else None
        if late is not None and not _total_late(file, late[0], "statutory"):
            yield _whole(file, clock, late)


@rule("SUP-23", words="due days step figure")
def correction_notice_missing(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find applications that were neither accepted nor answered with one notice in time."""
    deemed = {event.seq: event for event in file.done("deemed_accept")}
    for clock in file.clocks:
        if clock.kind != "acceptance" or clock.due_on is None:
            continue
        end = next((line for line in clock.entries if line.kind == "end" and line.cause == "deemed_accepted"), None)
        first = clock.due_on + DAY if end is not None else clock.late_from(file.on)
        if first is None:
            continue
        event = deemed.get(end.event_seq) if end is not None else None
        words = {
            "due": clock.due_on.isoformat(),
            "days": max(file.days(clock.due_on, first), 1),
            "step": _step(file, clock),
            "figure": clock.figure,
        }
        task = next((t for t in file.tasks if t.opened_on <= clock.due_on and t.kind == "main"), None)
        yield Found(
            f"clock:{clock.ref}", first, words, clock=clock.ref, event_seq=event.seq if event else None,
            **of_task(file, task),
        )  # fmt: skip


@rule("SUP-24", words="held step days allowed", days=int)
def result_reported_late(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find off-hall work that was held on a day and entered, or not yet entered, long after it."""
    for special in file.specials:
        held = special.held_on
        if held is None or not file.calendar.covers(held):
            continue
        limit = file.calendar.add_working_days(held, params["days"])
        until = special.ended_on or file.end()
        if until <= limit:
            continue
        words = {
            "held": held.isoformat(),
            "step": file.title(special.code),
            "days": file.days(held, until),
            "allowed": params["days"],
        }
        yield Found(f"special:{special.ref}", limit + DAY, words, **of_task(file, file.task(special.task)))


@rule("SUP-31", words="due days step figure")
def statutory_period_exceeded(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find cases beyond the statutory period."""
    for clock in file.clocks:
        late = _late(file, clock) if clock.kind == "statutory" else None
        if late is not None:
            yield _whole(file, clock, late)


@rule("SUP-32", words="due days step figure")
def delivered_late(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find granted licences that were not handed over within the law's period for delivery."""
    for clock in file.clocks:
        late = _late(file, clock) if clock.kind == "delivery" else None
        if late is not None:
            yield _whole(file, clock, late)


@rule("SUP-33", words="step missing")
def acceptance_denied_without_reason(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find applications turned away without one of the law's grounds, a reason or the remedies."""
    for event in file.done("refuse_acceptance"):
        missing = [name for name in ("ground", "reason", "remedies") if not str(event.data.get(name, "")).strip()]
        if missing:
            words = {"step": file.title(event.step), "missing": _missing(missing)}
            yield Found(f"event:{event.seq}", event.on, words, **of_event(file, event))


@rule("SUP-34", words="step missing")
def refused_without_reason(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find refusals that state no reason, no basis or no remedy."""
    for event in file.done("refuse"):
        missing = [name for name in ("reason", "basis", "remedies") if not str(event.data.get(name, "")).strip()]
        if missing:
            words = {"step": file.title(event.step), "missing": _missing(missing)}
            yield Found(f"event:{event.seq}", event.on, words, **of_event(file, event))


_NAMES = {
    "ground": ("法定情形", "the legal ground"),
    "reason": ("理由", "the reason"),
    "basis": ("法律依据", "the legal basis"),
    "remedies": ("救济途径", "the remedies"),
}


def _missing(names: list[str]) -> dict[str, str]:
    return {"zh": "、".join(_NAMES[n][0] for n in names), "en": ", ".join(_NAMES[n][1] for n in names)}
