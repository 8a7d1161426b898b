from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.foundation.organizations.actor import ANONYMOUS, Actor, system_actor
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.permissions import (
    NotAllowedError,
    Permission,
    _permissions,
    allows,
    register,
    require,
    visible,
)
from tongban.foundation.organizations.roles import Role, Scope
from tongban.foundation.organizations.scoping import (
    ScopedQuerySet,
    UnscopedReadError,
    scopes_enforced,
    unit_scope_filter,
)
from tongban.foundation.organizations.tests.world import official, person, region, small_world, unit

pytestmark = pytest.mark.django_db

UNIT_SCOPES = [Scope.UNIT, Scope.SUBTREE, Scope.LINE, Scope.REGION, Scope.ANY]


def is_below(row: Unit, top: Unit) -> bool:
    walk: Unit | None = row
    while walk is not None:
        if walk.pk == top.pk:
            return True
        walk = walk.parent
    return False


def region_is_below(row: Unit, top: Unit) -> bool:
    walk = row.region
    while walk is not None:
        if walk.pk == top.region_id:
            return True
        walk = walk.parent
    return False


def oracle(row: Unit, actor: Actor, scope: Scope) -> bool:
    """Decide by walking the tree, knowing nothing of paths."""
    own = actor.unit
    if scope is Scope.ANY:
        return True
    if own is None:
        return False
    return {
        Scope.UNIT: row.pk == own.pk,
        Scope.SUBTREE: is_below(row, own),
        Scope.LINE: row.line == own.line and region_is_below(row, own),
        Scope.REGION: region_is_below(row, own),
    }[scope]


@pytest.mark.parametrize("scope", UNIT_SCOPES)
def test_every_list_equals_what_walking_the_tree_finds(scope: Scope) -> None:
    units = list(small_world().values())
    scope_filter = unit_scope_filter("")
    for number, own in enumerate(units):
        actor = official(f"o{number}", (own, Role.SUPERVISOR))
        listed = set(Unit.objects.filter(scope_filter(actor, scope)))
        assert listed == {row for row in units if oracle(row, actor, scope)}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lists_and_single_decisions_agree_in_any_world(data: st.DataObject, db: None) -> None:
    with transaction.atomic():
        check_a_world(data)
        transaction.set_rollback(True)


def check_a_world(data: st.DataObject) -> None:
    top = region("4200", 2)
    units: list[Unit] = []
    parents = [(top, unit(top, "a", code="4200-a"))]
    units.append(parents[0][1])
    for number in range(data.draw(st.integers(2, 12))):
        above_region, above_unit = data.draw(st.sampled_from(parents))
        line = data.draw(st.sampled_from(["a", "b", "ab"]))
        place = above_region
        if above_region.level < 4 and data.draw(st.booleans()):
            place = region(f"{above_region.code}{number % 3}{number}", above_region.level + 1, above_region)
        under_parent = above_unit if data.draw(st.booleans()) else None
        made = unit(place, line, under_parent, code=f"{place.code}-{line}{number}")
        units.append(made)
        parents.append((place, made))
    own = data.draw(st.sampled_from(units))
    actor = Actor(account=None, postings=(), posting=Posting(unit=own, role=Role.SUPERVISOR))
    for scope in UNIT_SCOPES:
        listed = set(Unit.objects.filter(unit_scope_filter("")(actor, scope)))
        assert listed == {row for row in units if oracle(row, actor, scope)}, scope


@pytest.fixture
def probe():
    code = "probe.look"
    register(
        Permission(
            code,
            "试",
            {Role.REVIEWER: Scope.UNIT, Role.UNIT_HEAD: Scope.SUBTREE, Role.SUPERVISOR: Scope.REGION},
            system=True,
        )
    )
    yield code
    del _permissions[code]


def test_two_roles_in_a_unit_reach_as_far_as_the_wider(probe: str) -> None:
    world = small_world()
    actor = official("both", (world["4201-market"], Role.REVIEWER), (world["4201-market"], Role.UNIT_HEAD))
    names = set(visible(actor, probe, Unit.objects.all()).values_list("code", flat=True))
    assert names == {"4201-market", "4201-1-market", "4201-2-market"}


def test_a_role_in_another_unit_counts_only_when_that_posting_is_chosen(probe: str) -> None:
    world = small_world()
    actor = official("two", (world["4201-market"], Role.REVIEWER), (world["42011-health"], Role.UNIT_HEAD))
    assert set(visible(actor, probe, Unit.objects.all())) == {world["4201-market"]}
    assert not allows(actor, probe, world["42011-health"])


def test_one_object_is_decided_as_the_list_is(probe: str) -> None:
    world = small_world()
    actor = official("sup", (world["4201-health"], Role.SUPERVISOR))
    listed = set(visible(actor, probe, Unit.objects.all()))
    for row in world.values():
        assert allows(actor, probe, row) == (row in listed)


def test_a_city_does_not_see_the_city_whose_code_begins_alike(probe: str) -> None:
    world = small_world()
    actor = official("sup", (world["42011-health"], Role.SUPERVISOR))
    assert {row.region.code for row in visible(actor, probe, Unit.objects.all())} == {"42011", "42011-1", "42011-2"}
    actor = official("sup2", (world["4201-health"], Role.SUPERVISOR))
    assert {row.region.code for row in visible(actor, probe, Unit.objects.all())} == {"4201", "4201-1", "4201-2"}


def test_citizens_and_strangers_see_nothing_official(probe: str) -> None:
    world = small_world()
    for actor in (ANONYMOUS, Actor(account=person("p"))):
        assert not visible(actor, probe, Unit.objects.all()).exists()
        with pytest.raises(NotAllowedError):
            require(actor, probe, world["4201-market"])


def test_a_job_sees_all_where_the_permission_lets_jobs_act(probe: str) -> None:
    world = small_world()
    assert visible(system_actor("sweep"), probe, Unit.objects.all()).count() == len(world)


def test_a_new_unit_elsewhere_changes_nobodys_list(probe: str) -> None:
    world = small_world()
    actor = official("head", (world["4201-market"], Role.UNIT_HEAD))
    before = set(visible(actor, probe, Unit.objects.all()))
    unit(world["42011-market"].region, "water", code="42011-water")
    assert set(visible(actor, probe, Unit.objects.all())) == before


def scoped() -> ScopedQuerySet[Unit]:
    return ScopedQuerySet(Unit)


def test_reading_round_the_door_is_found() -> None:
    with scopes_enforced():
        for read in (
            lambda: list(scoped()),
            lambda: scoped().filter(level=3).count(),
            lambda: scoped().exists(),
            lambda: scoped().first(),
            lambda: list(scoped().values("code")),
            lambda: list(scoped().iterator()),
            lambda: scoped().update(short_name=""),
            lambda: scoped().delete(),
            lambda: scoped().get(pk=1),
        ):
            with pytest.raises(UnscopedReadError):
                read()


def test_reading_through_the_door_or_with_a_reason_is_not(probe: str) -> None:
    world = small_world()
    actor = official("head", (world["4201-market"], Role.UNIT_HEAD))
    with scopes_enforced():
        assert scoped().for_actor(actor, probe).filter(level=3).count() == 1
        assert len(scoped().for_actor(actor, probe).order_by("code")[:2]) == 2
        assert scoped().unscoped(reason="统计任务").count() == len(world)
        assert not scoped().none().exists()
    with pytest.raises(ValueError, match="reason"):
        scoped().unscoped(reason=" ")


def test_a_strangers_list_is_empty_not_an_error(probe: str) -> None:
    with scopes_enforced():
        assert list(scoped().for_actor(ANONYMOUS, probe)) == []


def test_the_filter_of_own_and_applied_rows() -> None:
    account = person("p")
    actor = Actor(account=account, principals=frozenset({account.pk, 7}))
    filters = unit_scope_filter("unit", own="assignee", applicant="applicant", party=lambda who: Q(parties=1))
    assert filters(actor, Scope.SELF) == Q(assignee=account.pk)
    assert filters(actor, Scope.APPLICANT) == Q(applicant__in=actor.principals)
    assert filters(actor, Scope.UNIT) == Q(pk__in=[])
