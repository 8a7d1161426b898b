"""The lists of what happened are read in stretches by an index, however many closed cases there are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from tongban.affairs.supervision.queries import centre, listing
from tongban.engines.cases.models import Case
from tongban.engines.cases.tests.factories import World, at

NOTHING = listing.CaseFilter()
SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


@pytest.fixture
def closed(world: World) -> list[Case]:
    """Seven cases, five of them closed in the same second."""
    item = world.item("licensing-review")
    cases = [world.submit(item, when=f"2026-03-0{day}") for day in range(2, 9)]
    for number, case in enumerate(cases):
        Case.objects.filter(pk=case.pk).update(
            closed_at=at("2026-03-10" if number < 5 else f"2026-03-{10 + number}"), open_steps="", next_check_on=None,
            status="closed", result="granted",
        )  # fmt: skip
    return list(Case.objects.order_by("-closed_at", "-pk"))


def rows(world: World, what: str = "closed") -> object:
    place = centre.place_for(world.supervisor)
    assert place is not None
    return listing.happened(world.supervisor, place, what, NOTHING, since=SINCE, until=UNTIL)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_stretches_hold_every_case_once_in_order(world: World, closed: list[Case], size: int) -> None:
    found: list[Case] = []
    mark = ""
    while True:
        part = listing.stretch(rows(world), "closed_at", mark, size=size)  # type: ignore[arg-type]
        assert part.total == 7
        found += part.cases
        mark = part.older
        if not mark:
            break
        assert len(part.cases) == size
    assert found == closed


@pytest.mark.parametrize("mark", ["x", ".", "1.", ".1", "9" * 30 + ".1", "²³.1"])
def test_a_mark_that_is_none_of_ours_begins_at_the_top(world: World, closed: list[Case], mark: str) -> None:
    assert listing.stretch(rows(world), "closed_at", mark, size=3).cases == closed[:3]  # type: ignore[arg-type]


def test_long_lists_are_not_counted(world: World, closed: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 6)
    assert listing.stretch(rows(world), "closed_at", "", size=3).total is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("what", "index"), [("closed", "case_closed_recent"), ("arrived", "case_recent")])
def test_an_index_gives_the_order_for_the_whole_province(
    world: World, closed: list[Case], what: str, index: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = rows(world, what)[:50].explain()  # type: ignore[index]
    assert index in plan
    assert "Sort Key" not in plan
