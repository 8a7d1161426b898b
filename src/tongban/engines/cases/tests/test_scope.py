"""Whether someone may touch a case is the same answer for one row as for a list."""

from __future__ import annotations

import pytest

from tongban.engines.cases.models import Case
from tongban.engines.cases.permissions import ACT, VIEW, case_filter, case_test
from tongban.foundation.organizations.actor import ANONYMOUS
from tongban.foundation.organizations.permissions import allows, allows_row
from tongban.foundation.organizations.roles import Scope


@pytest.fixture
def cases(world):
    """Cases of two units, one with a consultation of another unit, one handed in by an agent."""
    asked = world.submit()
    world.do(asked, "accept", "2026-03-03")
    world.do(asked, "co_handle", "2026-03-04")
    return [asked, world.submit(world.item(unit_=world.units["next"])), world.submit()]


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ANY])
def test_a_row_is_judged_as_the_list_is(world, cases, scope: Scope) -> None:
    for actor in [ANONYMOUS, *world.people.values()]:
        listed = set(Case.objects.filter(case_filter(actor, scope)).values_list("pk", flat=True))
        for case in cases:
            answer = case_test(actor, scope, case)
            assert answer is None or answer == (case.pk in listed), (actor.name, scope, case.number)


@pytest.mark.parametrize("permission", [ACT, VIEW])
def test_a_row_at_hand_is_allowed_to_the_same_people(world, cases, permission) -> None:
    for actor in [ANONYMOUS, *world.people.values()]:
        for case in cases:
            assert allows_row(actor, permission.code, case) == allows(actor, permission.code, case)
