"""Who sees and does what with points: the declared scopes against a table written separately, for every person and row."""

from __future__ import annotations

from itertools import product

import pytest

from tongban.engines.indicators.actions import Facts
from tongban.engines.indicators.models import PointEntry, Standing
from tongban.engines.indicators.queries import may_object, person_standings, unit_standings
from tongban.engines.indicators.tests.world import CODE, OCTOBER, Small
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import allows, visible
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official

PEOPLE = ("supervisor", "local_supervisor", "head", "reviewer", "clerk", "other_head", "city_head", "admin", "dual")


@pytest.fixture
def people(world: Small) -> dict[str, Actor]:
    """Everyone of the small world, a head of the superior unit, and one who is clerk in two units."""
    found = {name: getattr(world, name) for name in PEOPLE if name not in ("city_head", "dual")}
    above = Unit.objects.get(pk=world.here.parent_id)
    found["city_head"] = official("city-head", (above, Role.UNIT_HEAD))
    found["dual"] = official("dual", (world.there, Role.WINDOW_CLERK), (world.here, Role.WINDOW_CLERK))
    who = {world.here: ("reviewer", "clerk"), world.there: ("other_head", "dual")}
    number = 0
    for unit, names in who.items():
        for name in (*names, None):
            number += 1
            account = found[name] if name else None
            world.enter(world.signal(f"A{number}", unit=unit, who=account))
    facts: dict[tuple[int, int | None], Facts] = {(world.here.pk, None): Facts(3), (world.there.pk, None): Facts(3)}
    world.settle(facts)
    return found


def sees_unit(name: str, unit: Unit, world: Small) -> bool:
    """The rule in plain words: the own unit; a head also the units below; a supervisor the region; no administrator."""
    own = {
        "head": world.here,
        "reviewer": world.here,
        "clerk": world.here,
        "other_head": world.there,
        "dual": world.there,
    }
    if name in ("supervisor", "city_head"):
        return True
    if name == "local_supervisor":
        return unit == world.here
    return own.get(name) == unit


def sees_person(name: str, row: PointEntry | Standing, people: dict[str, Actor], world: Small) -> bool:
    """The person; the head of the very unit; the supervisor of the region."""
    if row.account == people[name].account and name != "admin":
        return True
    heads = {"head": world.here, "other_head": world.there}
    return (
        name == "supervisor" or (name == "local_supervisor" and row.unit == world.here) or heads.get(name) == row.unit
    )


def test_entries_and_standings_are_seen_by_just_those_of_the_table(world: Small, people: dict[str, Actor]) -> None:
    units = Standing.objects.filter(account=None, month=OCTOBER)
    persons = Standing.objects.exclude(account=None).filter(month=OCTOBER)
    assert (units.count(), persons.count()) == (2, 4)
    for name, row in product(PEOPLE, units):
        assert unit_standings(people[name], CODE).contains(row) is sees_unit(name, row.unit, world), (name, row)
    for name, row in product(PEOPLE, persons):
        assert person_standings(people[name], CODE).contains(row) is sees_person(name, row, people, world), (name, row)
    for name, entry in product(PEOPLE, PointEntry.objects.all()):
        assert allows(people[name], "scores.view", entry) is sees_unit(name, entry.unit, world), (name, entry)
        expected = entry.account is not None and sees_person(name, entry, people, world)
        narrowed = visible(people[name], "scores.person", PointEntry.objects.exclude(account=None))
        assert narrowed.contains(entry) is expected, (name, entry)


def test_only_the_units_head_and_the_person_may_object(world: Small, people: dict[str, Actor]) -> None:
    heads = {"head": world.here, "other_head": world.there}
    for name, entry in product(PEOPLE, PointEntry.objects.all()):
        unit = heads.get(name) == entry.unit
        person = entry.account is not None and entry.account == people[name].account
        expected = "unit" if unit else "person" if person else ""
        assert may_object(people[name], entry) == expected, (name, entry)
