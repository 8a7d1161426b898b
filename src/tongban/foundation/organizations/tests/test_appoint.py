from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.queries import history
from tongban.foundation.organizations import actions
from tongban.foundation.organizations.actor import Actor, actor_of
from tongban.foundation.organizations.errors import PostingError
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.queries import holders, proposals
from tongban.foundation.organizations.roles import ADMINISTRATORS, Role
from tongban.foundation.organizations.tests.world import AT, TODAY, official, person, small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, Unit]:
    return small_world()


@pytest.fixture
def security(world: dict[str, Unit]) -> Actor:
    return official("security1", (world["42-health"], Role.SECURITY_ADMIN))


@pytest.fixture
def second(world: dict[str, Unit]) -> Actor:
    return official("security2", (world["42-health"], Role.SECURITY_ADMIN))


@pytest.fixture
def newcomer() -> Account:
    return person("newcomer", kind=Account.Kind.OFFICIAL)


def propose(account: Account, unit: Unit, by: Actor, *roles: Role, **dates: dt.date) -> list[Posting]:
    return actions.propose(
        account=account, unit=unit, roles=roles or (Role.REVIEWER,), title="审批科",
        valid_from=dates.get("valid_from", TODAY), valid_to=dates.get("valid_to"), by=by, at=AT,
    )  # fmt: skip


def test_a_proposal_gives_no_right_until_a_second_person_confirms(world, security, second, newcomer) -> None:
    (posting,) = propose(newcomer, world["4201-market"], security)
    assert not actor_of(newcomer, on=TODAY).is_official
    assert list(proposals()) == [posting]
    actions.confirm(posting=posting, by=second, at=AT)
    assert actor_of(newcomer, on=TODAY).roles == {Role.REVIEWER}
    assert list(holders(world["4201-market"], Role.REVIEWER, on=TODAY)) == [newcomer]
    kinds = [event.kind for event in history(f"account:{newcomer.pk}")]
    assert kinds == ["posting.proposed", "posting.confirmed"]


def test_the_proposer_cannot_confirm(world, security, newcomer) -> None:
    (posting,) = propose(newcomer, world["4201-market"], security)
    with pytest.raises(PostingError, match="另一人"):
        actions.confirm(posting=posting, by=security, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(pk=posting.pk).update(confirmed_by=security.account)


def test_the_head_of_the_unit_may_be_the_second_person(world, security, newcomer) -> None:
    head = official("head", (world["4201-market"], Role.UNIT_HEAD))
    (posting,) = propose(newcomer, world["4201-1-market"], security)
    actions.confirm(posting=posting, by=head, at=AT)
    assert actor_of(newcomer, on=TODAY).is_official


def test_the_head_of_another_unit_may_not(world, security, newcomer) -> None:
    head = official("head", (world["42011-market"], Role.UNIT_HEAD))
    (posting,) = propose(newcomer, world["4201-1-market"], security)
    with pytest.raises(NotAllowedError):
        actions.confirm(posting=posting, by=head, at=AT)


def test_a_head_cannot_confirm_an_administrator(world, security, newcomer) -> None:
    head = official("head", (world["4201-market"], Role.UNIT_HEAD))
    (posting,) = propose(newcomer, world["4201-market"], security, Role.SYSTEM_ADMIN)
    with pytest.raises(PostingError, match="安全管理员"):
        actions.confirm(posting=posting, by=head, at=AT)


def test_nobody_appoints_themselves(world, security, second) -> None:
    assert security.account is not None
    with pytest.raises(PostingError, match="自己"):
        propose(security.account, world["4201-market"], security)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(
            account=security.account, unit=world["4201-market"], role=Role.SECURITY_ADMIN, valid_from=TODAY,
            proposed_by=security.account,
        )  # fmt: skip


def test_a_city_s_security_administrator_appoints_only_in_the_city(world, newcomer) -> None:
    local = official("local", (world["4201-health"], Role.SECURITY_ADMIN))
    assert propose(newcomer, world["4201-2-market"], local)
    with pytest.raises(NotAllowedError):
        propose(newcomer, world["42011-market"], local)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_no_other_role_may_appoint(world, newcomer, role: Role) -> None:
    actor = official("other", (world["42-health"], role))
    with pytest.raises(NotAllowedError):
        propose(newcomer, world["4201-market"], actor)


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("other", [*sorted(ADMINISTRATORS), Role.REVIEWER])
def test_one_person_never_holds_two_administrator_roles(world, security, first: Role, other: Role) -> None:
    if first == other:
        return
    account = official("admin", (world["4201-market"], first)).account
    assert account is not None
    with pytest.raises(PostingError, match="三人分任"):
        propose(account, world["42011-market"], security, Role(other))
    with pytest.raises(IntegrityError, match="no other role"), transaction.atomic():
        Posting.objects.create(account=account, unit=world["42011-market"], role=other, valid_from=TODAY)


def test_nor_within_one_proposal(world, security, newcomer) -> None:
    with pytest.raises(PostingError, match="三人分任"):
        propose(newcomer, world["4201-market"], security, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)
    with pytest.raises(PostingError, match="三人分任"):
        propose(newcomer, world["4201-market"], security, Role.REVIEWER, Role.AUDIT_ADMIN)
    assert not Posting.objects.filter(account=newcomer).exists()


def test_nor_by_two_proposals_before_either_is_confirmed(world, security, newcomer) -> None:
    propose(newcomer, world["4201-market"], security, Role.SYSTEM_ADMIN)
    with pytest.raises(PostingError, match="三人分任"):
        propose(newcomer, world["42011-market"], security, Role.AUDIT_ADMIN)


def test_nor_in_one_statement_past_the_action(world, newcomer) -> None:
    rows = [
        Posting(account=newcomer, unit=world["4201-market"], role=role, valid_from=TODAY)
        for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)
    ]
    with pytest.raises(IntegrityError, match="no other role"), transaction.atomic():
        Posting.objects.bulk_create(rows)


def test_nor_by_changing_a_posting_or_its_dates(world, newcomer) -> None:
    Posting.objects.create(
        account=newcomer, unit=world["4201-market"], role=Role.SYSTEM_ADMIN, valid_from=dt.date(2025, 1, 1),
        valid_to=dt.date(2025, 12, 31),
    )  # fmt: skip
    later = Posting.objects.create(
        account=newcomer, unit=world["4201-market"], role=Role.AUDIT_ADMIN, valid_from=dt.date(2026, 1, 1)
    )
    with pytest.raises(IntegrityError, match="no other role"), transaction.atomic():
        Posting.objects.filter(pk=later.pk).update(valid_from=dt.date(2025, 12, 31))


def test_one_after_the_other_is_allowed(world, security, second, newcomer) -> None:
    propose(newcomer, world["4201-market"], security, Role.SYSTEM_ADMIN, valid_to=TODAY)
    propose(newcomer, world["4201-market"], security, Role.AUDIT_ADMIN, valid_from=TODAY + dt.timedelta(days=1))


def test_ending_takes_the_rights_at_once(world, security, newcomer) -> None:
    posting = Posting.objects.create(
        account=newcomer, unit=world["4201-market"], role=Role.REVIEWER, valid_from=dt.date(2024, 1, 1)
    )
    actions.end_posting(posting=posting, reason="调离", by=security, on=TODAY, at=AT)
    assert not actor_of(newcomer, on=TODAY).is_official
    posting.refresh_from_db()
    assert posting.valid_to == TODAY
    with pytest.raises(PostingError, match="状态已变"):
        actions.end_posting(posting=posting, reason="再免", by=security, on=TODAY, at=AT)


def test_a_declined_proposal_can_no_longer_be_confirmed(world, security, second, newcomer) -> None:
    (posting,) = propose(newcomer, world["4201-market"], security)
    actions.decline(posting=posting, reason="人选有误", by=second, at=AT)
    with pytest.raises(PostingError, match="不在待确认"):
        actions.confirm(posting=posting, by=second, at=AT)


def test_the_same_role_is_not_proposed_twice(world, security, newcomer) -> None:
    propose(newcomer, world["4201-market"], security)
    with pytest.raises(PostingError, match="已有或已被提议"):
        propose(newcomer, world["4201-market"], security)


def test_citizens_and_disabled_accounts_cannot_be_appointed(world, security, newcomer) -> None:
    with pytest.raises(PostingError, match="工作人员"):
        propose(person("citizen"), world["4201-market"], security)
    newcomer.is_active = False
    newcomer.save()
    with pytest.raises(PostingError, match="工作人员"):
        propose(newcomer, world["4201-market"], security)


@pytest.mark.django_db(transaction=True)
def test_two_administrator_roles_at_the_same_moment_are_not_both_taken() -> None:
    place = small_world()["4201-market"]
    account = person("racer", kind=Account.Kind.OFFICIAL)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def take(role: Role) -> None:
        try:
            barrier.wait()
            Posting.objects.create(account=account, unit=place, role=role, valid_from=TODAY)
            outcomes.append("taken")
        except IntegrityError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(role,)) for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "taken"]
