from __future__ import annotations

import datetime as dt

import pytest

from tongban.foundation.clock.rules import (
    ClockError,
    Entry,
    LedgerError,
    Limit,
    Unit,
    add_months,
    derive,
    due_on,
    explain,
    promise_fits,
)
from tongban.foundation.clock.tests.calendars import national

D = dt.date.fromisoformat
WEEK = Limit(5, Unit.WORKING_DAY)
START = Entry("start", D("2026-03-02"))
STOP = Entry("stop", D("2026-03-04"))
RESUME = Entry("resume", D("2026-03-10"), resumption="continue")
END = Entry("end", D("2026-03-11"))


@pytest.mark.parametrize(
    ("ledger", "code"),
    [
        ([], "ledger.no_start"),
        ([STOP], "ledger.no_start"),
        ([START, START], "ledger.second_start"),
        ([START, Entry("stop", D("2026-03-01"))], "ledger.backwards"),
        ([START, STOP, STOP], "ledger.not_running"),
        ([START, RESUME], "ledger.not_stopped"),
        ([START, STOP, Entry("resume", D("2026-03-10"))], "ledger.no_resumption"),
        ([START, Entry("extend", D("2026-03-10"))], "ledger.no_extra"),
        ([START, Entry("extend", D("2026-03-10"), extra=Limit(3, Unit.CALENDAR_DAY))], "limit.units"),
        ([START, END, STOP], "ledger.after_end"),
    ],
)
def test_entries_that_do_not_follow_one_another_are_refused(ledger: list[Entry], code: str) -> None:
    with pytest.raises(ClockError) as wrong:
        derive(ledger, WEEK, national())
    assert wrong.value.code == code


def test_a_stopped_clock_has_no_due_day_but_knows_what_is_left() -> None:
    state = derive([START, STOP], WEEK, national())
    assert (state.due_on, state.warn_on, state.running, state.used, state.remaining) == (None, None, False, 1, 4)


def test_stopping_a_late_clock_heals_nothing() -> None:
    late = Entry("stop", D("2026-04-20"))
    assert derive([START, late], WEEK, national()).due_on == due_on(START.on, WEEK, national())


def test_an_ended_clock_keeps_the_day_it_was_due() -> None:
    state = derive([START, END], WEEK, national())
    assert (state.due_on, state.ended_on, state.running, state.used) == (D("2026-03-09"), END.on, False, 7)


def test_a_clock_ended_while_stopped_was_never_due() -> None:
    assert derive([START, STOP, Entry("end", D("2026-03-06"))], WEEK, national()).due_on is None


def test_a_restart_forgets_what_was_used_and_the_extension() -> None:
    ledger = [START, Entry("extend", START.on, extra=WEEK), STOP, Entry("resume", RESUME.on, resumption="restart")]
    state = derive(ledger, WEEK, national())
    assert (state.due_on, state.used, state.total) == (D("2026-03-17"), 0, 5)


def test_at_once_means_the_day_itself() -> None:
    assert due_on(START.on, Limit(0, Unit.WORKING_DAY), national()) == START.on


def test_the_warning_leaves_two_working_days() -> None:
    state = derive([START], Limit(20, Unit.WORKING_DAY), national())
    assert state.due_on == D("2026-03-30")
    assert state.warn_on == D("2026-03-26")


def test_an_hour_limit_needs_the_moment() -> None:
    with pytest.raises(LedgerError) as wrong:
        derive([START], Limit(24, Unit.HOUR), national())
    assert wrong.value.code == "entry.moment"
    at = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    assert derive([Entry("start", at.date(), at)], Limit(24, Unit.HOUR), national()).due_at == at + dt.timedelta(
        hours=24
    )


def test_hours_used_are_counted_up_to_the_end_of_a_day() -> None:
    at = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)  # ten o'clock in China
    state = derive([Entry("start", at.date(), at)], Limit(24, Unit.HOUR), national(), as_of=at.date())
    assert (state.used, state.remaining) == (14, 10)


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-11-30", 3, "2027-02-28"), ("2026-12-15", 12, "2027-12-15")],
)  # fmt: skip
def test_months_end_on_the_same_number_else_on_the_last_day(day: str, count: int, due: str) -> None:
    assert add_months(D(day), count) == D(due)


def test_months_that_were_stopped_end_as_many_days_later() -> None:
    ledger = [START, Entry("stop", D("2026-03-10")), Entry("resume", D("2026-03-19"), resumption="continue")]
    assert derive(ledger, Limit(1, Unit.MONTH), national()).due_on == D("2026-04-12")


@pytest.mark.parametrize(
    ("promised", "statutory", "fits"),
    [
        (Limit(10, Unit.WORKING_DAY), Limit(20, Unit.WORKING_DAY), True),
        (Limit(21, Unit.WORKING_DAY), Limit(20, Unit.WORKING_DAY), False),
        (Limit(20, Unit.CALENDAR_DAY), Limit(20, Unit.WORKING_DAY), True),
        (Limit(20, Unit.WORKING_DAY), Limit(60, Unit.CALENDAR_DAY), False),
        (Limit(1, Unit.HOUR), Limit(20, Unit.WORKING_DAY), False),
    ],
)
def test_a_promise_fits_only_if_it_can_never_end_later(promised: Limit, statutory: Limit, fits: bool) -> None:
    assert promise_fits(promised, statutory) is fits


def test_a_limit_below_zero_is_refused() -> None:
    with pytest.raises(ClockError, match=r"limit\.negative"):
        Limit(-1, Unit.WORKING_DAY)


def test_the_explanation_shows_what_is_past_and_what_is_to_come() -> None:
    marks = explain([START], WEEK, national(), until=D("2026-03-04"))
    assert [(mark.kind, mark.number) for mark in marks] == [
        ("start", None), ("counted", 1), ("counted", 2), ("future", 3), ("future", 4), ("rest", None), ("rest", None),
        ("due", 5),
    ]  # fmt: skip


def test_the_explanation_names_holidays_make_up_days_and_causes() -> None:
    ledger = [
        Entry("start", D("2026-02-11")),
        Entry("stop", D("2026-02-12"), cause="专家评审"),
        Entry("resume", D("2026-02-13"), resumption="continue"),
    ]
    notes = {mark.day: mark.note for mark in explain(ledger, Limit(9, Unit.WORKING_DAY), national(), until=None)}
    assert notes[D("2026-02-12")] == "stop:专家评审"
    assert notes[D("2026-02-14")] == "makeup:spring_festival"
    assert notes[D("2026-02-16")] == "holiday:spring_festival"
    assert notes[D("2026-03-01")] == "weekend"


def test_the_explanation_of_a_moved_last_day_shows_where_it_fell() -> None:
    marks = explain([Entry("start", D("2026-09-18"))], Limit(15, Unit.CALENDAR_DAY), national(), until=None)
    assert (marks[15].kind, marks[15].number, marks[15].note) == ("counted", 15, "roll")
    assert [mark.kind for mark in marks[16:]] == ["rest", "rest", "rest", "rest", "due"]
