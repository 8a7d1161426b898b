"""Work outside the hall: surveys, expert reviews, hearings. Visible and timed even when it stops the legal clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from tongban.affairs.supervision.rules.casefile import DAY, MAIN, CaseFile, Found, SpecialLine, of_task
from tongban.affairs.supervision.rules.registry import rule

IDLE = frozenset({"light", "note", "rate", "answer_rating"})
"""Kinds of events that are no progress; neither is anything supervision itself does."""


@rule("OFF-01", words="due days step figure")
def off_hall_step_beyond_its_maximum(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find special procedures that took longer than the maximum declared for them, whether or not the clock stood."""
    for clock in file.clocks:
        first = clock.late_from(file.on) if clock.kind == "special" else None
        if first is None or clock.due_on is None:
            continue
        task = file.task(clock.task)
        words = {
            "due": clock.due_on.isoformat(),
            "days": max(file.days(clock.due_on, clock.ended_on or file.on), 1),
            "step": file.title(task.step) if task is not None else file.compiled.title,
            "figure": clock.figure,
        }
        yield Found(f"clock:{clock.ref}", first, words, clock=clock.ref, **of_task(file, task))


@rule("OFF-02", words="step missing")
def off_hall_step_without_record(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find special procedures that ended without a record, or with fewer people than the law or the process demands."""
    for special in file.specials:
        if special.ended_on is None:
            continue
        missing = _missing(file, special)
        if missing is not None:
            words = {"step": file.title(special.code), "missing": missing}
            yield Found(f"special:{special.ref}", special.ended_on, words, **of_task(file, file.task(special.task)))


def _missing(file: CaseFile, special: SpecialLine) -> dict[str, str] | None:
    if not (special.opinion.strip() or special.report or str(special.data.get("record", "")).strip()):
        return {"zh": "没有记录、报告或者意见", "en": "no record, report or opinion"}
    declared = file.compiled.specials.get(special.code)
    people = special.data.get("members") or ()
    if declared is not None and len(people) < declared.min_people:
        return {
            "zh": f"参加人员 {len(people)} 名，应不少于 {declared.min_people} 名",
            "en": f"{len(people)} taking part, at least {declared.min_people} demanded",
        }
    return None


@rule("OFF-03", words="step days allowed", days=int)
def stopped_clock_while_nothing_happens(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find off-hall steps behind which a case hides: the clock stands, and nothing happens longer than the threshold.

    Counted from the day for which the work was arranged, or the last thing done, whichever is later.
    """
    for special in file.specials:
        if not special.stops:
            continue
        quiet = _quiet(file, special, params["days"])
        if quiet is None:
            continue
        first, days = quiet
        words = {"step": file.title(special.code), "days": days, "allowed": params["days"]}
        yield Found(f"special:{special.ref}", first, words, **of_task(file, file.task(special.task)))
    yield from _left_standing(file, params["days"])


def _quiet(file: CaseFile, special: SpecialLine, allowed: int) -> tuple[dt.date, int] | None:
    """Return the first day too many of the first stretch in which nothing happened, and the stretch's working days."""
    end = special.ended_on or file.end()
    since = max(special.started_on, special.held_on or special.started_on)
    acts = sorted({event.on for event in file.events if _is_progress(event.kind) and since < event.on < end})
    for after, until in zip([since, *acts], [*acts, end], strict=True):
        days = file.days(after, until) if until > after else 0
        if days > allowed:
            return file.calendar.add_working_days(after, allowed + 1), days
    return None


def _is_progress(kind: str) -> bool:
    return kind not in IDLE and not kind.startswith("supervision")


def _left_standing(file: CaseFile, allowed: int) -> Iterator[Found]:
    """Find a main clock that still stands although nothing that stops it is going on."""
    if file.closed_on is not None or any(special.stops and special.ended_on is None for special in file.specials):
        return
    if any(notice.ended_on is None for notice in file.corrections):
        return
    for clock in file.clocks:
        if clock.kind not in MAIN or clock.running or clock.ended_on is not None:
            continue
        stop = max((line for line in clock.entries if line.kind == "stop"), key=lambda line: line.on, default=None)
        ends = [special.ended_on for special in file.specials if special.stops and special.ended_on is not None]
        since = max([*ends, *([stop.on] if stop is not None else [])], default=clock.started_on)
        if file.on <= since:
            continue
        days = file.days(since, file.on)
        words = {
            "step": file.title(stop.cause) if stop is not None else file.compiled.title,
            "days": days,
            "allowed": 0,
        }
        yield Found(
            f"clock:{clock.ref}", since + DAY, words, clock=clock.ref, event_seq=stop.event_seq if stop else None,
            **of_task(file, file.holder(file.on)),
        )  # fmt: skip
        return


@rule("OFF-04", words="step days told")
def off_hall_step_beyond_the_time_told(file: CaseFile, params: Mapping[str, Any]) -> Iterator[Found]:
    """Find steps that stopped the clock longer than the applicant was told in writing."""
    for special in file.specials:
        if not special.stops or not special.expected_days:
            continue
        limit = file.calendar.add_working_days(special.started_on, special.expected_days)
        until = special.ended_on or file.end()
        if until <= limit:
            continue
        words = {
            "step": file.title(special.code),
            "days": file.days(special.started_on, until),
            "told": special.expected_days,
        }
        yield Found(f"special:{special.ref}", limit + DAY, words, **of_task(file, file.task(special.task)))
