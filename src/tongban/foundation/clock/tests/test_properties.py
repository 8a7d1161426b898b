from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tongban.foundation.clock.packed import packed_years
from tongban.foundation.clock.rules import (
    BeyondHorizonError,
    Calendar,
    Entry,
    Limit,
    Policy,
    Unit,
    YearDays,
    derive,
    due_on,
    explain,
)
from tongban.foundation.clock.tests import oracle
from tongban.foundation.clock.tests.calendars import PACK, national

DAY = dt.timedelta(days=1)
YEARS = packed_years(PACK)
CASES = st.integers(0, 2**48).map(lambda seed: oracle.random_case(random.Random(seed)))  # noqa: S311
STARTS = st.dates(dt.date(2005, 1, 1), dt.date(2026, 6, 1))
POLICIES = st.builds(Policy, stop_day_counts=st.booleans(), months_roll=st.booleans())


def test_two_thousand_random_cases_agree_with_the_independent_count() -> None:
    rng = random.Random(20261121)  # noqa: S311
    compared = 0
    while compared < 2000:
        case = oracle.random_case(rng)
        expected = oracle.due(case)
        if expected is None:
            continue
        assert derive(case.ledger(), case.limit, national()).due_on == expected, case
        compared += 1


@given(CASES)
def test_reading_the_ledger_again_gives_the_same_dates(case: oracle.Case) -> None:
    ledger = case.ledger()
    once = derive(ledger, case.limit, national())
    for length in range(1, len(ledger) + 1):
        derive(ledger[:length], case.limit, national())
    assert derive(list(ledger), replace(case.limit), national()) == once


@given(CASES, st.integers(0, 200))
def test_one_more_closed_day_never_moves_a_date_earlier(case: oracle.Case, offset: int) -> None:
    closed = case.start + DAY * offset
    years = [
        replace(year, closed={**year.closed, closed: "extra"}, open={k: v for k, v in year.open.items() if k != closed})
        if year.year == closed.year
        else year
        for year in YEARS
    ]
    before = derive(case.ledger(), case.limit, national()).due_on
    after = derive(case.ledger(), case.limit, Calendar(years)).due_on
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after >= before


@given(
    STARTS, st.integers(1, 60), st.integers(0, 90), st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH])
)
def test_stopping_and_resuming_on_one_day_changes_nothing_where_that_day_counts(
    start: dt.date, figure: int, offset: int, unit: Unit
) -> None:
    limit = Limit(figure if unit is not Unit.MONTH else figure % 6 + 1, unit)
    counts = Policy(stop_day_counts=True)
    plain = derive([Entry("start", start)], limit, national(), policy=counts)
    day = start + DAY * offset
    parted = [Entry("start", start), Entry("stop", day), Entry("resume", day, resumption="continue")]
    assert derive(parted, limit, national(), policy=counts).due_on == plain.due_on


@given(STARTS, st.integers(1, 60), st.integers(1, 90))
def test_a_stop_of_one_day_takes_exactly_that_day_out(start: dt.date, figure: int, offset: int) -> None:
    limit = Limit(figure, Unit.WORKING_DAY)
    plain = derive([Entry("start", start)], limit, national()).due_on
    day = start + DAY * offset
    parted = [Entry("start", start), Entry("stop", day), Entry("resume", day, resumption="continue")]
    moved = derive(parted, limit, national()).due_on
    assert plain is not None
    takes = national().is_workday(day) and day <= plain
    assert moved == (national().add_working_days(plain, 1) if takes else plain)


@given(CASES, st.integers(1, 20))
def test_a_longer_extension_never_ends_earlier(case: oracle.Case, more: int) -> None:
    ledger = case.ledger()
    last = ledger[-1].on
    dates = [
        derive([*ledger, Entry("extend", last, extra=Limit(figure, case.limit.unit))], case.limit, national()).due_on
        for figure in (1, 1 + more)
    ]
    assert dates[0] is not None
    assert dates[1] is not None
    assert dates[0] <= dates[1]


@given(STARTS, st.integers(0, 60))
def test_an_extension_gives_what_the_longer_limit_gives(start: dt.date, figure: int) -> None:
    ledger = [Entry("start", start), Entry("extend", start, extra=Limit(10, Unit.WORKING_DAY))]
    assert derive(ledger, Limit(figure, Unit.WORKING_DAY), national()).due_on == due_on(
        start, Limit(figure + 10, Unit.WORKING_DAY), national()
    )


@given(CASES)
def test_restarting_is_a_new_start(case: oracle.Case) -> None:
    assume(case.limit.figure)
    stopped = [Entry("start", case.start), Entry("stop", case.start + DAY)]
    back = case.start + 9 * DAY
    restarted = [*stopped, Entry("resume", back, resumption="restart")]
    assert derive(restarted, case.limit, national()).due_on == due_on(back, case.limit, national())


@given(CASES, st.integers(0, 400), POLICIES)
def test_used_and_remaining_make_the_total_until_the_due_day(case: oracle.Case, offset: int, policy: Policy) -> None:
    day = case.start + DAY * offset
    assume(day <= dt.date(2028, 12, 31) and case.limit.figure)
    state = derive(case.ledger(), case.limit, national(), as_of=day, policy=policy)
    assert state.nominal_on is not None
    if day < state.nominal_on:
        assert state.used < state.total
    if day >= state.nominal_on:
        assert state.used >= state.total
        assert state.remaining == 0
    else:
        assert state.used + (state.remaining or 0) == state.total


@given(CASES, POLICIES)
def test_the_explanation_counts_to_the_due_day(case: oracle.Case, policy: Policy) -> None:
    ledger = case.ledger()
    state = derive(ledger, case.limit, national(), policy=policy)
    marks = explain(ledger, case.limit, national(), until=None, policy=policy)
    assert [mark.day for mark in marks] == [case.start + DAY * index for index in range(len(marks))]
    assert marks[-1].day == state.due_on
    if state.total:
        assert marks[-1].kind == "due"
        assert max(mark.number or 0 for mark in marks if mark.day >= _anchor(marks)) == state.total
    assert not any(mark.kind == "future" for mark in marks)


def _anchor(marks: list) -> dt.date:  # type: ignore[type-arg]
    return max(mark.day for mark in marks if mark.kind == "start")


@given(CASES)
def test_a_warning_never_comes_after_the_due_day_nor_before_the_start(case: oracle.Case) -> None:
    state = derive(case.ledger(), case.limit, national())
    assert state.due_on is not None
    assert state.warn_on is not None
    assert case.start <= state.warn_on <= max(state.due_on, case.start)


@settings(max_examples=50)
@given(st.integers(1, 400), st.integers(0, 300))
def test_hours_are_exact_and_stops_are_left_out(hours: int, stopped_minutes: int) -> None:
    at = dt.datetime(2026, 2, 13, 16, 45, tzinfo=dt.UTC)
    ledger = [
        Entry("start", at.date(), at),
        Entry("stop", at.date(), at),
        Entry("resume", at.date(), at + dt.timedelta(minutes=stopped_minutes), resumption="continue"),
    ]
    state = derive(ledger, Limit(hours, Unit.HOUR), national())
    assert state.due_at == at + dt.timedelta(minutes=stopped_minutes, hours=hours)


def test_a_count_into_years_without_calendar_fails_and_says_which_years_are_held() -> None:
    with pytest.raises(BeyondHorizonError) as wrong:
        due_on(dt.date(2028, 12, 20), Limit(20, Unit.WORKING_DAY), national())
    assert (wrong.value.params["first"], wrong.value.params["last"]) == (2004, 2028)


def test_every_day_of_a_bare_week_counts_from_monday_to_friday() -> None:
    calendar = Calendar([YearDays(2026, official=True)])
    assert due_on(dt.date(2026, 1, 1), Limit(5, Unit.WORKING_DAY), calendar) == dt.date(2026, 1, 8)
