"""Case files written by hand for tests of rules: a process of five steps with an expert review, and a blameless case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from tongban.affairs.supervision.rules.casefile import (
    CaseFile,
    ClockLine,
    EventLine,
    ItemLine,
    LedgerLine,
    SpecialLine,
    TaskLine,
)
from tongban.affairs.supervision.rules.registry import all_rules
from tongban.engines.cases.rules.compiled import Compiled
from tongban.foundation.clock.calendar import Calendar, YearDays

CALENDAR = Calendar([YearDays(year, official=True) for year in range(2025, 2028)])
"""Monday to Friday, so that days can be counted on the fingers."""
LEAD, BELOW = 1, 2
CLERK, REVIEWER, APPROVER, EXPERT = 11, 12, 13, 14
PARAMS = {"left": 1, "days": 5}


def day(text: str) -> dt.date:
    """Return a day of March 2026 from its number; the second is a Monday."""
    return dt.date(2026, 3, int(text)) if text.isdigit() else dt.date.fromisoformat(text)


def _text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


def _step(code: str, role: str, phase: str, actions: dict[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    named = {name: {"code": name, "title": _text(name), **action} for name, action in actions.items()}
    return {"code": code, "title": _text(code), "role": role, "phase": phase, "actions": named, **more}


def _ask(code: str, kind: str) -> dict[str, Any]:
    return {"code": code, "kind": kind, "title": _text(code)}


PROCESS = Compiled.model_validate(
    {
        "code": "test", "version": 1, "title": _text("test"), "regime": "licensing", "start": "acceptance",
        "steps": {
            "acceptance": _step(
                "acceptance", "window_clerk", "acceptance",
                {
                    "accept": {"kind": "accept", "to": "review"},
                    "refuse_acceptance": {"kind": "refuse_acceptance"},
                    "request_correction": {"kind": "request_correction"},
                },
            ),
            "review": _step(
                "review", "reviewer", "handling",
                {"pass": {"kind": "complete", "to": "decision", "requires": ["expert_review"]}},
            ),
            "decision": _step(
                "decision", "approver", "handling",
                {"grant": {"kind": "grant", "to": "delivery"}, "refuse": {"kind": "refuse", "to": "delivery"}},
                separate_from=["acceptance", "review"],
            ),
            "delivery": _step("delivery", "window_clerk", "delivery", {"deliver": {"kind": "deliver"}}),
        },
        "specials": {
            "expert_review": {
                "code": "expert_review", "kind": "expert_review", "title": _text("expert_review"),
                "role": "expert_coordinator", "hosts": ["review"], "limit": {"figure": 10, "unit": "working_day"},
                "stops_clock": True, "basis": "第四十五条", "min_people": 3, "conclusions": {"agree": _text("agree")},
                "start": _ask("start_expert_review", "start_special"),
                "finish": _ask("finish_expert_review", "finish_special"),
            }
        },
    }
)  # fmt: skip


def task(ref: int, step: str, opened: str, closed: str = "", person: int | None = None, **more: Any) -> TaskLine:
    """Return a task opened and closed on days of March at nine, by a person."""
    over = day(closed) if closed else None
    return TaskLine(
        ref=ref, kind=more.pop("kind", "main"), step=step, unit=more.pop("unit", LEAD), closed_by=person if over else None,
        assignee=person, opened_on=day(opened), opened_at=dt.datetime.combine(day(opened), dt.time(9)), closed_on=over,
        closed_at=dt.datetime.combine(over, dt.time(9)) if over else None, state="closed" if over else "open", **more,
    )  # fmt: skip


def event(
    seq: int, kind: str, on: str, step: str = "", who: int | None = None, role: str = "", **more: Any
) -> EventLine:
    """Return an event by a person who holds a role; its act has the name of its kind."""
    held = frozenset({role} if role else ())
    return EventLine(seq, kind, more.pop("act", kind), day(on), step, who, LEAD, held=held, **more)


def clock(ref: int, kind: str, started: str, due: str, ended: str = "", *, figure: int = 20, **more: Any) -> ClockLine:
    """Return a limit; late if it ended after its due day."""
    over = day(ended) if ended else None
    return ClockLine(
        ref, kind, figure, "working_day", day(started), day(due), ended_on=over,
        late=over is not None and over > day(due), **more,
    )  # fmt: skip


STOPPED = (
    LedgerLine("start", day("3")),
    LedgerLine("stop", day("5"), "expert_review", 4),
    LedgerLine("resume", day("10")),
)


def good(**changes: Any) -> CaseFile:
    """Return a granted case in which everything was done as the law and the process demand; then change it."""
    file = CaseFile(
        number="420102260302000001", on=day("31"), calendar=CALENDAR, compiled=PROCESS, unit=LEAD, result="granted",
        received_on=day("2"), accepted_on=day("3"), decided_on=day("12"), closed_on=day("13"),
        tasks=(
            task(1, "acceptance", "2", "3", CLERK),
            task(2, "review", "3", "11", REVIEWER),
            task(3, "expert_review", "5", "10", EXPERT, kind="special"),
            task(4, "decision", "11", "12", APPROVER),
            task(5, "delivery", "12", "13", CLERK),
        ),
        clocks=(
            clock(1, "acceptance", "2", "9", "3", figure=5),
            clock(2, "statutory", "3", "2026-04-06", "12", entries=STOPPED),
            clock(3, "promised", "3", "23", "12", figure=15, entries=STOPPED),
            clock(4, "step", "3", "16", "11", figure=6, task=2),
            clock(5, "special", "5", "19", "10", figure=10, task=3),
            clock(6, "delivery", "12", "26", "13", figure=10),
        ),
        events=(
            event(1, "submit", "2"),
            event(2, "accept", "3", "acceptance", CLERK, "window_clerk", task=1),
            event(4, "start_special", "5", "review", REVIEWER, task=2, act="start_expert_review"),
            event(5, "finish_special", "10", "expert_review", EXPERT, task=3, act="finish_expert_review"),
            event(6, "complete", "11", "review", REVIEWER, "reviewer", task=2, act="pass"),
            event(7, "grant", "12", "decision", APPROVER, "approver", task=4),
            event(8, "deliver", "13", "delivery", CLERK, task=5),
        ),
        specials=(
            SpecialLine(
                1, "expert_review", "expert_review", 3, stops=True, started_on=day("5"), ended_on=day("10"),
                expected_days=8, opinion="同意", data={"held_on": "2026-03-10", "members": ["a", "b", "c"]},
            ),
        ),
        materials=(("form", "申请书", day("2")),),
        papers=frozenset({1, 2, 4, 7}),
        item=ItemLine((20, "working_day"), (15, "working_day"), frozenset({"form", "layout"})),
    )  # fmt: skip
    return replace(file, **changes)


def codes(file: CaseFile) -> set[str]:
    """Return the codes of the rules that find something, with the thresholds of these tests."""
    return {code for code, rule in all_rules().items() if list(rule.judge(file, PARAMS))}


def swapped(rows: tuple[Any, ...], ref: int, **changes: Any) -> tuple[Any, ...]:
    """Return lines with one of them changed, found by its key or number."""
    return tuple(
        replace(row, **changes) if getattr(row, "ref", getattr(row, "seq", None)) == ref else row for row in rows
    )
