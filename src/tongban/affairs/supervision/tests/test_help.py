"""A head sees the cases of others in which the own unit has a task, marked so, and nothing beyond them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.affairs.supervision.actions import rollups
from tongban.affairs.supervision.queries import centre, listing
from tongban.engines.cases.models import Case
from tongban.engines.cases.queries import case_for
from tongban.engines.cases.tests.factories import World, at
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official

NOTHING = listing.CaseFilter()
ON = dt.date(2026, 4, 21)


@pytest.fixture
def joint(world: World) -> Case:
    """A joint approval led by the market supervision, in which the emergency office is asked."""
    case = world.submit(world.item("licensing-joint", statutory=None, promised=None), when="2026-04-20")
    world.submit(when="2026-04-20")  # another case, in which it has no part
    return world.do(case, "accept", "2026-04-20")


@pytest.fixture
def asked(world: World) -> Actor:
    """The head of the emergency office."""
    return official("emergency-head", (world.units["emergency"], Role.UNIT_HEAD), on=ON)


def listed(actor: Actor, wanted: listing.CaseFilter = NOTHING, **where: str) -> list[listing.CaseRow]:
    place = centre.place_for(actor, **where)
    assert place is not None
    helper = None if centre.watches_whole_regions(actor) else actor.unit
    return listing.case_rows(listing.running(actor, place, wanted), on=ON, helper=helper)


def test_the_head_of_an_asked_unit_sees_the_case_marked_and_at_the_own_task(joint: Case, asked: Actor) -> None:
    (row,) = listed(asked)
    assert (row.number, row.helps, row.unit) == (joint.number, True, joint.unit)
    assert "应急" in row.step
    assert [each.number for each in listed(asked, unit=asked.unit.code if asked.unit else "")] == [joint.number]


def test_the_tabs_count_what_the_list_shows(world: World, joint: Case, asked: Actor) -> None:
    rollups.refresh(at=at("2026-04-21"))
    for who in (asked, world.head):
        place = centre.place_for(who)
        assert place is not None
        tabs = listing.tabs(who, place, NOTHING)
        assert tabs.all == len(listed(who)) > 0
        for light in centre.LIGHTS:
            assert getattr(tabs, light) == len(listed(who, listing.CaseFilter(light=light)))
    found = listing.CaseFilter(text=joint.number)
    place = centre.place_for(asked)
    assert place is not None
    assert listing.tabs(asked, place, found).all == len(listed(asked, found)) == 1


def test_a_task_lets_the_head_see_that_case_and_no_other(world: World, joint: Case, asked: Actor) -> None:
    assert case_for(asked, joint.number) == joint
    (other,) = Case.objects.exclude(pk=joint.pk)
    with pytest.raises(Case.DoesNotExist):
        case_for(asked, other.number)
    next_door = official("next-head", (world.units["next"], Role.UNIT_HEAD), on=ON)
    assert listed(next_door) == []
    with pytest.raises(Case.DoesNotExist):
        case_for(next_door, joint.number)


def test_it_leaves_the_list_when_the_unit_has_answered(world: World, joint: Case, asked: Actor) -> None:
    world.do(joint, "reply", "2026-04-21", by=world.people["emergency"], conclusion="agree", opinion="同意")
    assert listed(asked) == []


def test_the_leading_units_head_and_the_supervisor_see_no_mark(world: World, joint: Case) -> None:
    for who in (world.head, world.supervisor):
        assert {row.number for row in listed(who)} == set(Case.objects.values_list("number", flat=True))
        assert not any(row.helps for row in listed(who))


def test_the_list_costs_no_query_a_row(world: World, joint: Case, asked: Actor) -> None:
    with CaptureQueriesContext(connection) as first:
        listed(asked)
    item = joint.implementation
    assert item is not None
    for day in ("2026-04-20", "2026-04-21"):
        world.do(world.submit(item, when=day), "accept", day)
    with CaptureQueriesContext(connection) as then:
        assert len(listed(asked)) == 3
    assert len(then) <= len(first) <= 12
