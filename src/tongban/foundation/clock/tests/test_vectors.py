"""The deadline vectors of the law, each by its own row."""

from __future__ import annotations

import datetime as dt

import pytest

from tongban.foundation.clock.rules import Entry, Limit, Policy, Unit, derive, due_on
from tongban.foundation.clock.tests.calendars import national

D = dt.date.fromisoformat
WD, CD, MO = Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH


@pytest.mark.parametrize(
    ("case", "start", "figure", "unit", "due"),
    [
        ("licence", "2026-01-29", 20, WD, "2026-03-04"),
        ("licence extended", "2026-01-29", 30, WD, "2026-03-18"),
        ("joint", "2026-04-20", 45, WD, "2026-06-25"),
        ("joint extended", "2026-04-20", 60, WD, "2026-07-16"),
        ("correction notice over National Day", "2026-09-28", 5, WD, "2026-10-10"),
        ("delivery", "2026-09-23", 10, WD, "2026-10-14"),
        ("information request", "2026-04-28", 20, WD, "2026-05-28"),
        ("information correction over Spring Festival", "2026-02-12", 7, WD, "2026-02-28"),
        ("registration", "2026-09-30", 3, WD, "2026-10-10"),
        ("registration extended", "2026-09-30", 6, WD, "2026-10-14"),
        ("complaint acceptance", "2026-04-30", 7, WD, "2026-05-13"),
        ("mediation accepted before the change", "2026-04-01", 45, WD, "2026-06-08"),
        ("mediation accepted after the change", "2026-04-20", 60, CD, "2026-06-22"),
        ("report verification", "2025-01-20", 15, WD, "2025-02-14"),
        ("publication in 2012", "2012-09-20", 20, WD, "2012-10-24"),
        ("double publicity", "2024-02-05", 7, WD, "2024-02-20"),
        ("petition notice", "2026-09-18", 15, CD, "2026-10-08"),
        ("petition", "2026-08-03", 60, CD, "2026-10-08"),
        ("tender", "2026-09-14", 20, CD, "2026-10-08"),
        ("proposal", "2026-11-30", 3, MO, "2027-02-28"),
    ],
)
def test_the_period_ends_on_the_day_of_the_vector(case: str, start: str, figure: int, unit: Unit, due: str) -> None:
    assert due_on(D(start), Limit(figure, unit), national()) == D(due), case


@pytest.mark.parametrize(
    ("start", "first", "last", "due"),
    [
        ("2026-01-29", "2026-02-02", "2026-02-13", "2026-03-18"),
        ("2026-04-28", "2026-05-11", "2026-05-29", "2026-06-18"),
    ],
)
def test_the_days_of_an_excluded_procedure_are_not_counted(start: str, first: str, last: str, due: str) -> None:
    ledger = [Entry("start", D(start)), Entry("stop", D(first)), Entry("resume", D(last), resumption="continue")]
    assert derive(ledger, Limit(20, WD), national()).due_on == D(due)


def test_an_extension_granted_later_gives_the_vector_of_the_longer_period() -> None:
    ledger = [Entry("start", D("2026-01-29")), Entry("extend", D("2026-03-02"), extra=Limit(10, WD))]
    assert derive(ledger, Limit(20, WD), national()).due_on == D("2026-03-18")


def test_a_last_day_on_a_rest_day_is_known_before_it_moves() -> None:
    state = derive([Entry("start", D("2026-08-03"))], Limit(60, CD), national())
    assert (state.nominal_on, state.due_on, state.provisional) == (D("2026-10-02"), D("2026-10-08"), False)


def test_a_period_that_ends_in_an_unpublished_year_is_provisional() -> None:
    state = derive([Entry("start", D("2026-12-01"))], Limit(60, CD), national())
    assert (state.nominal_on, state.due_on, state.provisional) == (D("2027-01-30"), D("2027-02-01"), True)


def test_months_need_no_calendar_and_are_never_provisional() -> None:
    assert derive([Entry("start", D("2026-11-30"))], Limit(3, MO), national()).provisional is False
    assert due_on(D("2026-11-30"), Limit(5, Unit.YEAR), national()) == D("2031-11-30")


def test_the_day_of_the_stop_is_used_where_the_policy_says_so() -> None:
    counts = Policy(stop_day_counts=True)
    ledger = [Entry("start", D("2026-03-02"))]
    assert derive(ledger, Limit(20, WD), national(), policy=counts).due_on == D("2026-03-30")
    ledger.append(Entry("stop", D("2026-03-09")))
    stopped = derive(ledger, Limit(20, WD), national(), policy=counts)
    assert (stopped.due_on, stopped.remaining) == (None, 15)
    ledger.append(Entry("resume", D("2026-04-07"), resumption="continue"))
    assert derive(ledger, Limit(20, WD), national(), policy=counts).due_on == D("2026-04-28")
    ledger.append(Entry("extend", D("2026-04-20"), extra=Limit(10, WD)))
    assert derive(ledger, Limit(20, WD), national(), policy=counts).due_on == D("2026-05-14")
