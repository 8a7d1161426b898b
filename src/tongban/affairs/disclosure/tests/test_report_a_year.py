"""The annual report's figures come from single requests and documents, and add up (政府信息公开条例 Art. 50)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.affairs.disclosure.queries.annual import annual_figures
from tongban.affairs.disclosure.rules.annual import Request, tabulate
from tongban.engines.publishing.actions.taking_in import take_in
from tongban.engines.publishing.tests.world import AT, content, make_column, make_world
from tongban.foundation.organizations.actor import system_actor

YEAR = 2026
days = st.dates(dt.date(YEAR - 3, 1, 1), dt.date(YEAR + 1, 12, 31))
kinds = st.sampled_from(["person", "enterprise", "society", "institution", "other"])
results = st.sampled_from(["granted", "refused", "abandoned", "withdrawn", ""])


def test_requests_are_counted_by_year_result_and_kind_of_applicant() -> None:
    asked = [
        Request("person", dt.date(2026, 3, 1), dt.date(2026, 3, 20), "granted"),
        Request("person", dt.date(2025, 12, 20), dt.date(2026, 1, 8), "refused"),
        Request("enterprise", dt.date(2026, 12, 20), None, ""),
        Request("society", dt.date(2026, 5, 1), dt.date(2026, 6, 1), "abandoned"),
        Request("person", dt.date(2025, 3, 1), dt.date(2025, 3, 9), "granted"),
    ]
    table = {line.code: line for line in tabulate(asked, YEAR)}
    totals = {code: line.total for code, line in table.items()}
    assert totals == {
        "new": 3, "carried": 1, "disclosed": 1, "declined": 1, "given_up": 1, "withdrawn": 0, "concluded": 3, "forward": 1,
    }  # fmt: skip
    assert table["new"].numbers == (1, 1, 0, 1, 0, 0)


@given(st.lists(st.tuples(kinds, days, st.integers(0, 500), results)))
def test_new_and_carried_over_equal_concluded_and_carried_forward(rows) -> None:
    asked = [
        Request(kind, day, day + dt.timedelta(days=length) if result else None, result)
        for kind, day, length, result in rows
    ]
    table = {line.code: line for line in tabulate(asked, YEAR)}
    for column in range(6):
        came = table["new"].numbers[column] + table["carried"].numbers[column]
        assert came == table["concluded"].numbers[column] + table["forward"].numbers[column]


@pytest.mark.django_db
def test_a_site_counts_its_own_documents_and_what_it_published() -> None:
    world = make_world()
    by = system_actor("library")
    column = make_column(world.main, "/open/plans/", world.province, world.news, kind="open_information", watch="none")
    take_in(column=column, content=content(kind="information"), by=by, at=AT)
    figures = annual_figures(world.main.pk, AT.year)
    assert figures.total == 1
    assert next(row for row in figures.published if row.column == column).count == 1
    assert (figures.documents.issued, sum(line.total for line in figures.requests)) == (0, 0)
