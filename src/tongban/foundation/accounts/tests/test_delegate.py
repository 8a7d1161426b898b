from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.models import Account, Delegation, Identity, Reveal
from tongban.foundation.accounts.queries import delegations
from tongban.foundation.accounts.rules import REVEALS_AN_HOUR
from tongban.foundation.audit.queries import history
from tongban.foundation.clock.now import now, today

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 21)
PASSWORD = "Quiet-river-2026"


@pytest.fixture
def firm() -> Account:
    return actions.open_firm(
        username="firm-a", password=PASSWORD, name="测试企业有限公司", number="91350100M000100Y43",
        legal_representative="测试乙", phone="13900000002", by=Self(), at=AT,
    )  # fmt: skip


@pytest.fixture
def agent() -> Account:
    return actions.open_person(
        username="agent-a", password=PASSWORD, name="测试甲", number="11010519491231002X", phone="13800000001",
        by=Self(), at=AT,
    )  # fmt: skip


def give(firm: Account, agent: str = "agent-a", until: dt.date | None = None, by: Account | None = None) -> Delegation:
    return actions.delegate(principal=firm, agent=agent, valid_from=DAY, valid_to=until, by=Self(by or firm), at=AT)


def test_a_delegation_counts_from_its_first_to_its_last_day(firm: Account, agent: Account) -> None:
    give(firm, until=DAY + dt.timedelta(days=9))
    in_force = [bool(delegations(agent, on=DAY + dt.timedelta(days=n))) for n in (-1, 0, 9, 10)]
    assert in_force == [False, True, True, False]


def test_only_the_principal_gives_it_and_not_to_itself(firm: Account, agent: Account) -> None:
    with pytest.raises(AccountError, match="委托人本人"):
        give(firm, by=agent)
    with pytest.raises(AccountError, match="没有可以受托的"):
        give(firm, agent="firm-a")
    with pytest.raises(AccountError, match="没有可以受托的"):
        give(firm, agent="nobody")
    with pytest.raises(AccountError, match="截止日期"):
        give(firm, until=DAY - dt.timedelta(days=1))


def test_either_side_ends_it_at_once_and_a_stranger_cannot(firm: Account, agent: Account) -> None:
    row = give(firm)
    with pytest.raises(AccountError, match="已委托此人"):
        give(firm)
    stranger = Account.objects.create(username="stranger", display_name="x", joined_at=AT)
    with pytest.raises(AccountError, match="委托人或代办人"):
        actions.end_delegation(delegation=row, by=Self(stranger), on=DAY, at=AT)
    actions.end_delegation(delegation=row, by=Self(agent), on=DAY, at=AT)
    assert not delegations(agent, on=DAY)
    assert give(firm).pk != row.pk


def test_a_disabled_principal_is_acted_for_by_nobody(firm: Account, agent: Account) -> None:
    give(firm)
    actions.disable(account=firm, reason="注销", by=Self(), at=AT)
    assert not delegations(agent, on=DAY)


def test_an_agent_switches_to_the_firm_and_back(client: Client, firm: Account, agent: Account) -> None:
    firm_client = Client()
    firm_client.post("/accounts/login/", {"login": "firm-a", "password": PASSWORD})
    data = {"agent": "Agent-A", "valid_from": today().isoformat(), "valid_to": ""}
    assert firm_client.post("/accounts/delegations/", data).status_code == 302
    client.post("/accounts/login/", {"login": "agent-a", "password": PASSWORD})
    before = client.session.session_key
    assert client.post("/accounts/principal/", {"principal": firm.pk, "next": "/accounts/"}).status_code == 302
    assert client.session.session_key != before
    answer = client.get("/accounts/")
    assert answer.context["actor"].acting_for == firm
    assert answer.context["actor"].account == agent
    assert client.post("/accounts/principal/", {"principal": agent.pk}).status_code == 302
    assert client.get("/accounts/").context["actor"].acting_for == agent
    stranger = Account.objects.create(username="stranger", display_name="x", joined_at=now())
    assert client.post("/accounts/principal/", {"principal": stranger.pk}).status_code == 404
    assert [event.kind for event in history(f"account:{agent.pk}")].count("principal.chosen") == 2


def test_ending_a_delegation_ends_acting_for_the_firm(client: Client, firm: Account, agent: Account) -> None:
    row = actions.delegate(principal=firm, agent="agent-a", valid_from=today(), valid_to=None, by=Self(firm), at=now())
    client.post("/accounts/login/", {"login": "agent-a", "password": PASSWORD})
    client.post("/accounts/principal/", {"principal": firm.pk})
    actions.end_delegation(delegation=row, by=Self(firm), on=today(), at=now())
    assert client.get("/accounts/").context["actor"].acting_for == agent


def test_a_strangers_delegation_does_not_exist(client: Client, firm: Account, agent: Account) -> None:
    row = give(firm)
    Account.objects.create(username="other", display_name="x", joined_at=now())
    client.force_login(Account.objects.get(username="other"))
    assert client.post(f"/accounts/delegations/{row.pk}/end/").status_code == 404
    assert client.post("/accounts/delegations/999999/end/").status_code == 404


def test_a_revealed_value_is_recorded_for_the_person_to_read(client: Client, agent: Account) -> None:
    official = actions.open_official(
        username="reviewer", display_name="审查员", password="Tongban-2026", by=Self(), at=AT, final=True
    )
    identity = Identity.objects.get(account=agent)
    shown = actions.reveal(
        identity=identity, field="number", reason="核对证件", about="420102261121000001", by=Self(official), at=AT
    )
    assert shown == "11010519491231002X"
    row = Reveal.objects.get()
    assert (row.account, row.field, row.by) == (agent, "number", official)
    event = history(f"account:{agent.pk}").last()
    assert event is not None
    assert event.kind == "identity.revealed"
    assert shown.encode() not in bytes(event.body)
    client.force_login(agent)
    page = client.get("/accounts/").content.decode()
    assert "核对证件" in page
    assert "420102261121000001" in page


def test_a_reveal_needs_a_reason_and_a_real_field(agent: Account) -> None:
    identity = Identity.objects.get(account=agent)
    with pytest.raises(AccountError, match="理由"):
        actions.reveal(identity=identity, field="phone", reason=" ", by=Self(agent), at=AT)
    with pytest.raises(ValueError, match="number_digest"):
        actions.reveal(identity=identity, field="number_digest", reason="核对", by=Self(agent), at=AT)


def test_reveals_are_limited_by_the_hour_and_the_refusal_is_recorded(agent: Account) -> None:
    identity = Identity.objects.get(account=agent)
    official = Account.objects.create(username="reviewer", display_name="x", kind="official", joined_at=AT)

    def look(minute: int) -> str:
        at = AT + dt.timedelta(minutes=minute)
        return actions.reveal(identity=identity, field="phone", reason="回访", by=Self(official), at=at)

    for _ in range(REVEALS_AN_HOUR):
        look(0)
    with pytest.raises(actions.RevealLimitError):
        look(59)
    assert [event.kind for event in history("security")] == ["identity.reveal_limited"]
    assert look(60)
