"""Findings about the procedure itself: what the law or the published guide demands, checked against the record.

The engine refuses most of these; the rules judge the record all the same, because a record may come from another system
or from a fault. Each function is pure; its severity, words, basis and thresholds stand in the pack under its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tongban.affairs.supervision.rules.casefile import (
    DECISIONS,
    MAIN,
    CaseFile,
    EventLine,
    Found,
    ItemLine,
    TaskLine,
    of_event,
    of_task,
)
from tongban.affairs.supervision.rules.paths import must_pass
from tongban.affairs.supervision.rules.registry import rule
from tongban.engines.cases.rules.compiled import ActionDef
from tongban.engines.catalog.rules import fee_amount

_MONEY = re.compile(r"缴费|交费|收费|付费|(?:缴纳|交纳|支付|收取).{0,8}(?:费|金|款|元)")
_FREE = re.compile(r"不收费|免收|免费|无需缴|无需交|不(?:再)?收取")


@rule("RUL-01", words="step missing")
def step_skipped(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find decisions without a step that every way to them passes through, or without off-hall work they require."""
    for event in file.events:
        for code in sorted(_owed(file, event)):
            words = {"step": file.title(event.step), "missing": file.title(code)}
            yield Found(f"event:{event.seq}:{code}", event.on, words, **of_event(file, event))


def _owed(file: CaseFile, event: EventLine) -> set[str]:
    """Return what had to be over before an act and was not."""
    step = file.compiled.steps.get(event.step)
    action = step.actions.get(event.act) if step is not None else None
    owed: set[str] = set()
    if event.kind in DECISIONS:
        over = {task.step for task in file.tasks if task.closed_on is not None and task.closed_on <= event.on}
        owed |= must_pass(file.compiled, event.step) - over
    if action is not None:
        held = {each.code for each in file.specials if each.ended_on is not None and each.ended_on <= event.on}
        owed |= set(action.requires) - held
    return owed


@rule("RUL-02", words="step before")
def steps_reversed(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find steps that began before the steps they must follow were over."""
    main = [task for task in file.tasks if task.kind == "main" and task.opened_at is not None]
    first = {task.step: task for task in sorted(main, key=lambda task: (str(task.opened_at), task.ref), reverse=True)}
    for step, task in first.items():
        for before in sorted(must_pass(file.compiled, step)):
            over = [t.closed_at for t in main if t.step == before and t.closed_at is not None]
            if not over or task.opened_at is None or min(over) <= task.opened_at:
                continue
            words = {"step": file.title(step), "before": file.title(before)}
            yield Found(f"task:{task.ref}:{before}", task.opened_on, words, **of_task(file, task))


@rule("RUL-03", words="times first")
def corrections_asked_again(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find every notice of corrections after the first: the law allows one that lists everything."""
    asked = list(file.done("request_correction"))
    for place, notice in enumerate(file.corrections):
        if place == 0:
            continue
        event = asked[place] if place < len(asked) else None
        words = {"times": place + 1, "first": file.corrections[0].on.isoformat()}
        who = of_event(file, event) if event is not None else of_task(file, file.holder(notice.on))
        yield Found(f"correction:{notice.ref}", notice.on, words, **who)


@rule("RUL-04", words="material")
def material_outside_the_list(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find materials taken or asked for that the published guide of the item does not name."""
    if file.item is None or not file.item.materials:
        return
    seen: set[str] = set()
    for code, name, on in file.materials:
        if code not in file.item.materials and code not in seen:
            seen.add(code)
            yield Found(f"material:{code}", on, {"material": name}, **of_task(file, file.holder(on)))
    for notice in file.corrections:
        for asked in notice.items:
            code = str(asked.get("material", ""))
            if code and code not in file.item.materials and code not in seen:
                seen.add(code)
                words = {"material": str(asked.get("text", code))}
                yield Found(f"material:{code}", notice.on, words, **of_task(file, file.holder(notice.on)))


def demands_money(text: str) -> bool:
    """Tell whether a text asks the applicant for money."""
    return bool(_MONEY.search(text)) and not _FREE.search(text)


@rule("RUL-05", words="fee")
def fee_outside_the_list(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find money charged outside the published list or above it, or asked for in a notice of corrections without a fee."""
    item = file.item or ItemLine()
    for event in file.done("charge"):
        name = str(event.data.get("fee", ""))
        amount = str(event.data.get("amount", ""))
        said = f"{name}（{amount} 元）" if amount else name
        published = _published(item, event)
        if name in item.fees and published is not None and int(event.data.get("fen") or 0) > published:
            said = f"{name}（{amount} 元，按公布的标准为 {published / 100:.2f} 元）"
        elif name in item.fees:
            continue
        yield Found(f"event:{event.seq}", event.on, {"fee": said}, **of_event(file, event))
    for notice in file.corrections if not item.charges else ():
        for place, asked in enumerate(notice.items):
            text = str(asked.get("text", ""))
            if demands_money(text):
                who = of_task(file, file.holder(notice.on))
                yield Found(f"correction:{notice.ref}:{place}", notice.on, {"fee": text}, **who)


def _published(item: ItemLine, event: EventLine) -> int | None:
    """Return what the published list gives for what was charged, in fen; None if it has no figures for it."""
    rate, quantity = item.rates.get(str(event.data.get("fee", ""))), event.data.get("quantity")
    return fee_amount(rate, int(quantity)) if rate and quantity else None


@rule("RUL-06", words="step days allowed", days=int)
def accepted_but_never_assigned(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find work that has waited for an official to take it, longer than the threshold, since the case was accepted."""
    if file.accepted_on is None or file.closed_on is not None:
        return
    for task in file.tasks:
        step = file.compiled.steps.get(task.step)
        if task.state != "open" or task.assignee is not None or (step is not None and step.phase == "acceptance"):
            continue
        waited = file.days(task.opened_on, file.on)
        if waited > params["days"]:
            first = file.calendar.add_working_days(task.opened_on, params["days"] + 1)
            words = {"step": file.title(task.step), "days": waited, "allowed": params["days"]}
            yield Found(f"task:{task.ref}", first, words, **of_task(file, task))


def _wanted(file: CaseFile, event: EventLine) -> str:
    """Return the role that an act at a step demands."""
    step = file.compiled.steps.get(event.step)
    if step is None:
        return ""
    action: ActionDef | None = step.actions.get(event.act)
    return (action.role if action is not None else "") or step.role


@rule("RUL-07", words="step who")
def decided_without_the_post(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find decisions, acceptances and refusals by someone who did not hold the post on that day."""
    for event in file.done(*DECISIONS, "accept", "refuse_acceptance"):
        wanted = _wanted(file, event)
        if event.system or not wanted or wanted in event.held:
            continue
        words = {"step": file.title(event.step), "who": event.act}
        yield Found(f"event:{event.seq}", event.on, words, **of_event(file, event))


@rule("RUL-08", words="kind held published")
def limit_differs_from_the_catalogue(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find cases that run on another statutory or promised period than the published one of their item."""
    if file.item is None:
        return
    published = {"statutory": file.item.statutory, "promised": file.item.promised}
    for clock in file.clocks:
        figure = published.get(clock.kind)
        old = file.item.since is not None and clock.started_on < file.item.since
        if figure is None or old or (clock.figure, clock.unit) == figure:
            continue
        words = {"kind": _KINDS[clock.kind], "held": clock.figure, "published": figure[0]}
        yield Found(f"clock:{clock.ref}", clock.started_on, words, clock=clock.ref, unit=file.unit)


_KINDS = {
    "statutory": {"zh": "法定时限", "en": "statutory period"},
    "promised": {"zh": "承诺时限", "en": "promised period"},
}


@rule("RUL-09", words="cause")
def stopped_without_notice(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find main clocks that were stopped without a written notice of the time needed."""
    seen: set[int] = set()
    for clock in file.clocks:
        for line in clock.entries if clock.kind in MAIN else ():
            if line.kind != "stop" or line.event_seq in file.papers or line.event_seq in seen:
                continue
            seen.add(line.event_seq)
            event = next((each for each in file.events if each.seq == line.event_seq), None)
            who = of_event(file, event) if event is not None else of_task(file, file.holder(line.on))
            yield Found(f"stop:{line.event_seq}", line.on, {"cause": file.title(line.cause)}, **who)


@rule("RUL-10", words="step other")
def same_person_where_two_are_demanded(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find steps done by someone who had done a step from which the process keeps them apart."""
    for task in file.tasks:
        step = file.compiled.steps.get(task.step)
        if step is None or task.closed_by is None:
            continue
        other = next((t for t in file.tasks if t.step in step.separate_from and t.closed_by == task.closed_by), None)
        if other is not None:
            words = {"step": file.title(task.step), "other": file.title(other.step)}
            seq = _event_of(file, task)
            yield Found(
                f"task:{task.ref}", task.closed_on or file.on, words, event_seq=seq, **of_task(file, task)
            )  # fmt: skip


def _event_of(file: CaseFile, task: TaskLine) -> int | None:
    return next((event.seq for event in file.events if event.task == task.ref and event.kind in DECISIONS), None)


@rule("RUL-11", words="step days allowed", days=int)
def lower_review_sent_up_late(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find reviews by the lower level that were not sent up within the law's period.

    A process of two levels has a clock for it; other work at a unit below the lead unit is counted from its beginning.
    """
    clocks = [clock for clock in file.clocks if clock.kind == "review"]
    for clock in clocks:
        first = clock.late_from(file.on)
        if first is None or clock.due_on is None:
            continue
        task = file.holder(clock.due_on)
        words = {
            "step": file.title(task.step) if task is not None else file.compiled.title,
            "days": file.days(clock.started_on, clock.ended_on or file.on),
            "allowed": clock.figure,
        }
        yield Found(f"clock:{clock.ref}", first, words, clock=clock.ref, **of_task(file, task))
    for task in file.tasks if not clocks else ():
        if task.unit not in file.below:
            continue
        limit = file.calendar.add_working_days(task.opened_on, params["days"])
        until = task.closed_on or file.end()
        if until > limit:
            words = {
                "step": file.title(task.step),
                "days": file.days(task.opened_on, until),
                "allowed": params["days"],
            }
            first = file.calendar.add_working_days(task.opened_on, params["days"] + 1)
            yield Found(f"task:{task.ref}", first, words, **of_task(file, task))
