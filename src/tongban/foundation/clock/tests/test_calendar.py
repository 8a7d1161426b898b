from __future__ import annotations

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.foundation.clock.overlays import overlaid, places_holding
from tongban.foundation.clock.rules import BeyondHorizonError, Calendar, ClockError, YearDays
from tongban.foundation.clock.tests.calendars import national

DAY = dt.timedelta(days=1)
HELD = st.dates(dt.date(2004, 1, 1), dt.date(2028, 12, 31))


def test_every_day_of_the_published_years_is_as_the_yearly_notices_say() -> None:
    day = dt.date(2004, 1, 1)
    differing = []
    while day <= dt.date(2026, 12, 31):
        if national().is_workday(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        assert national().is_official(day)
        day += DAY
    assert differing == []


@pytest.mark.parametrize(("year", "working_days"), [(2004, 252), (2025, 248), (2026, 248)])
def test_a_year_has_its_known_number_of_working_days(year: int, working_days: int) -> None:
    first = dt.date(year, 1, 1)  # a rest day in every year
    assert not national().is_workday(first)
    assert national().working_days_between(first, dt.date(year, 12, 31)) == working_days


def test_the_years_to_come_are_provisional_and_have_no_make_up_days() -> None:
    for year in (2027, 2028):
        assert not national().is_official(dt.date(year, 6, 1))
        day = dt.date(year, 1, 1)
        while day.year == year:
            assert not (day.weekday() >= 5 and national().is_workday(day))
            day += DAY


@pytest.mark.parametrize("day", [dt.date(2003, 12, 31), dt.date(2029, 1, 1)])
def test_a_day_beyond_the_horizon_is_refused_and_never_guessed(day: dt.date) -> None:
    for ask in (national().is_workday, national().next_workday):
        with pytest.raises(BeyondHorizonError):
            ask(day)
    with pytest.raises(BeyondHorizonError):
        national().add_working_days(day, 1)
    with pytest.raises(BeyondHorizonError):
        national().add_working_days(dt.date(2028, 12, 1), 200)
    with pytest.raises(BeyondHorizonError):
        national().add_working_days(dt.date(2004, 1, 10), -200)


def test_a_calendar_without_years_or_with_a_gap_is_refused() -> None:
    with pytest.raises(ClockError, match=r"calendar\.empty"):
        Calendar([])
    with pytest.raises(ClockError, match=r"calendar\.gap"):
        Calendar([YearDays(2024, official=True), YearDays(2026, official=True)])


@given(HELD, st.integers(1, 80))
def test_adding_working_days_and_counting_them_agree(start: dt.date, count: int) -> None:
    try:
        end = national().add_working_days(start, count)
    except BeyondHorizonError:
        return
    assert national().is_workday(end)
    assert national().working_days_between(start, end) == count
    assert national().add_working_days(end + DAY if end < national().last else end, -1) <= end


@given(HELD, st.integers(1, 80))
def test_going_back_reaches_the_day_from_which_so_many_days_remain(end: dt.date, count: int) -> None:
    try:
        day = national().add_working_days(end, -count)
    except BeyondHorizonError:
        return
    assert national().is_workday(day)
    assert national().working_days_between(day, end) == count - (0 if national().is_workday(end) else 1)


@given(HELD)
def test_the_next_workday_is_the_day_itself_or_the_first_after_it(day: dt.date) -> None:
    try:
        following = national().next_workday(day)
    except BeyondHorizonError:
        assert not national().is_workday(day)
        return
    walked = day
    while not national().is_workday(walked):
        walked += DAY
    assert following == walked


def test_a_minority_area_has_its_own_holidays() -> None:
    eid = dt.date(2026, 3, 20)
    year = overlaid(YearDays(2026, official=True), YearDays(2026, official=True, closed={eid: "开斋节"}))
    ningxia = Calendar([year], jurisdiction="64")
    assert not ningxia.is_workday(eid)
    assert ningxia.name(eid) == "开斋节"
    assert national().is_workday(eid)


def test_an_unpublished_overlay_makes_the_year_provisional() -> None:
    year = overlaid(YearDays(2026, official=True), YearDays(2026, official=False))
    assert not year.official


def test_a_place_lies_in_every_beginning_of_its_code() -> None:
    assert places_holding("4201") == ["", "4", "42", "420", "4201"]
