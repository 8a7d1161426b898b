from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from tongban.foundation.accounts import actions as accounts
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.queries import history
from tongban.foundation.clock.models import CalendarProposal
from tongban.foundation.clock.now import now
from tongban.foundation.clock.tests.calendars import load_national
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import small_world
from tongban.interfaces.console.urls import urlpatterns

pytestmark = pytest.mark.django_db
PASSWORD = "Tongban-2026"

ADMINISTRATOR_OF = {
    "accounts": Role.SYSTEM_ADMIN, "account_new": Role.SYSTEM_ADMIN, "account": Role.SYSTEM_ADMIN,
    "account_disable": Role.SYSTEM_ADMIN, "account_enable": Role.SYSTEM_ADMIN, "account_reset": Role.SYSTEM_ADMIN,
    "identities": Role.WINDOW_CLERK, "calendars": Role.SYSTEM_ADMIN,
    "calendar_new": Role.SYSTEM_ADMIN, "calendar_year": Role.SYSTEM_ADMIN, "calendar_proposal": Role.SYSTEM_ADMIN,
    "calendar_confirm": Role.SYSTEM_ADMIN, "calendar_decline": Role.SYSTEM_ADMIN, "connectors": Role.SYSTEM_ADMIN,
    "postings": Role.SECURITY_ADMIN, "posting_new": Role.SECURITY_ADMIN, "posting_end": Role.SECURITY_ADMIN,
    "proposals": Role.SECURITY_ADMIN, "posting_confirm": Role.SECURITY_ADMIN, "posting_decline": Role.SECURITY_ADMIN,
    "locks": Role.SECURITY_ADMIN, "roles": Role.SECURITY_ADMIN,
    "audit": Role.AUDIT_ADMIN, "refusals": Role.AUDIT_ADMIN, "verify": Role.AUDIT_ADMIN,
}  # fmt: skip
ALSO_SECURITY = {"calendars", "calendar_year", "calendar_proposal", "calendar_confirm", "calendar_decline"}
ALSO_UNIT_HEADS = {"proposals", "posting_confirm", "posting_decline"}
ALL_ROLES = list(Role)


@pytest.fixture
def world() -> dict[str, Unit]:
    return small_world()


def official(username: str, unit: Unit, role: Role | None) -> Account:
    account = accounts.open_official(
        username=username, display_name=username, password=PASSWORD, by=Self(), at=now(), final=True
    )
    if role is not None:
        Posting.objects.create(account=account, unit=unit, role=role, valid_from=dt.date(2024, 1, 1))
    return account


def client_of(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def address(name: str, key: int) -> str:
    (pattern,) = (str(each.pattern) for each in urlpatterns if each.name == name)
    if "<int:year>" in pattern:
        return reverse(f"console:{name}", kwargs={"year": 2026})
    return reverse(f"console:{name}", kwargs={"pk": key} if "pk" in pattern else None)


def test_every_page_of_the_console_is_in_the_table() -> None:
    assert {pattern.name for pattern in urlpatterns} == {*ADMINISTRATOR_OF, "home"}


@pytest.mark.parametrize("role", ALL_ROLES)
def test_nobody_sees_the_pages_of_another_administrator(world, role: Role) -> None:
    target = official("target", world["4201-market"], None)
    posting = Posting.objects.create(
        account=official("holder", world["4201-market"], None), unit=world["4201-market"], role=Role.REVIEWER,
        valid_from=dt.date(2024, 1, 1), proposed_by=official("proposer", world["42-health"], None), proposed_at=now(),
    )  # fmt: skip
    load_national()
    arrangement = CalendarProposal.objects.create(
        year=2027, source="通知", proposed_by="account:0", proposed_by_name="甲", proposed_at=now(),
        days_off={"2027-01-01": "new_year", "2027-10-01": "national_day"},
    )  # fmt: skip
    client = client_of(official("myself", world["42-market"], role))
    for name, owner in ADMINISTRATOR_OF.items():
        key = posting.pk if "posting" in name else arrangement.pk if "calendar" in name else target.pk
        for method in ("get", "post"):
            answer = getattr(client, method)(address(name, key))
            mine = role == owner or (role == Role.UNIT_HEAD and name in ALSO_UNIT_HEADS)
            mine = mine or (role == Role.SECURITY_ADMIN and name in ALSO_SECURITY)
            if mine:
                assert answer.status_code in (200, 302, 405, 422), (name, method, answer.status_code)
            else:
                assert answer.status_code == 404, (name, method, answer.status_code)


def test_a_stranger_is_sent_to_sign_in(world) -> None:
    for name in [*ADMINISTRATOR_OF, "home"]:
        answer = Client().get(address(name, 1))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_a_citizen_finds_no_console(world) -> None:
    citizen = Account.objects.create(username="citizen", display_name="c", joined_at=now())
    client = client_of(citizen)
    assert {client.get(address(name, 1)).status_code for name in [*ADMINISTRATOR_OF, "home"]} == {404}


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.SYSTEM_ADMIN, "/console/accounts/"),
        (Role.SECURITY_ADMIN, "/console/postings/"),
        (Role.AUDIT_ADMIN, "/console/audit/"),
        (Role.UNIT_HEAD, "/console/proposals/"),
    ],
)
def test_the_front_door_leads_to_ones_own_page(world, role: Role, page: str) -> None:
    assert client_of(official("myself", world["42-market"], role)).get("/console/")["Location"] == page


def test_a_new_official_gets_an_initial_password_that_must_be_changed(world) -> None:
    client = client_of(official("system", world["42-market"], Role.SYSTEM_ADMIN))
    answer = client.post("/console/accounts/new/", {"display_name": "新人", "username": "newcomer"})
    page = answer.content.decode()
    password = page.split("<code>")[1].split("</code>")[0]
    assert password not in client.get("/console/accounts/").content.decode()
    newcomer = Client()
    entered = newcomer.post("/accounts/login/", {"login": "newcomer", "password": password})
    assert entered.status_code == 302
    forced = newcomer.get("/console/")
    assert forced["Location"] == "/accounts/password/change/"
    data = {"oldpassword": password, "password1": "Brand-new-2027", "password2": "Brand-new-2027"}
    assert newcomer.post("/accounts/password/change/", data).status_code == 302
    assert newcomer.get("/console/").status_code == 404


def test_disabling_needs_a_reason_and_ends_the_sessions(world) -> None:
    target = official("target", world["4201-market"], Role.REVIEWER)
    there, client = client_of(target), client_of(official("system", world["42-market"], Role.SYSTEM_ADMIN))
    assert there.get("/accounts/").status_code == 200
    without = client.post(f"/console/accounts/{target.pk}/disable/", {"disable-reason": ""})
    assert without.status_code == 422
    assert client.post(f"/console/accounts/{target.pk}/disable/", {"disable-reason": "调离"}).status_code == 302
    assert there.get("/accounts/").status_code == 302
    assert client.post(f"/console/accounts/{target.pk}/enable/").status_code == 302
    assert there.get("/accounts/").status_code == 302


def test_two_people_appoint_through_the_pages(world) -> None:
    official("newcomer", world["4201-market"], None)
    first = client_of(official("security1", world["42-market"], Role.SECURITY_ADMIN))
    second = client_of(official("security2", world["42-market"], Role.SECURITY_ADMIN))
    data = {
        "username": "newcomer",
        "unit": "4201-market",
        "roles": ["reviewer", "surveyor"],
        "valid_from": "2026-01-01",
    }
    assert first.post("/console/postings/new/", data).status_code == 302
    postings = list(Posting.objects.filter(account__username="newcomer"))
    assert {posting.role for posting in postings} == {"reviewer", "surveyor"}
    assert "须由另一人确认" in first.get("/console/proposals/").content.decode()
    first.post(f"/console/proposals/{postings[0].pk}/confirm/")
    assert Posting.objects.get(pk=postings[0].pk).is_proposal
    second.post(f"/console/proposals/{postings[0].pk}/confirm/")
    assert not Posting.objects.get(pk=postings[0].pk).is_proposal
    answer = second.post(f"/console/proposals/{postings[1].pk}/decline/", {"reason": "不需要"})
    assert answer.status_code == 302


def test_a_wrong_proposal_keeps_what_was_typed_and_says_what_to_do(world) -> None:
    client = client_of(official("security1", world["42-market"], Role.SECURITY_ADMIN))
    data = {
        "username": "nobody",
        "unit": "x",
        "roles": ["system_admin", "audit_admin"],
        "valid_from": "soon",
        "title": "一科",
    }
    answer = client.post("/console/postings/new/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    for text in ("没有使用这个登录名", "没有这个单位代码", "请填写日期", 'value="一科"', 'value="nobody"'):
        assert text in page
    official("newcomer", world["4201-market"], None)
    data |= {"username": "newcomer", "unit": "4201-market", "valid_from": "2026-01-01"}
    page = client.post("/console/postings/new/", data).content.decode()
    assert "三人分任" in page
    assert page.count(" checked") == 2


def test_unlocking_is_recorded_with_its_reason(world) -> None:
    target = official("target", world["4201-market"], Role.REVIEWER)
    for _ in range(5):
        Client().post("/accounts/login/", {"login": "target", "password": "wrong"})
    client = client_of(official("security", world["42-market"], Role.SECURITY_ADMIN))
    assert "target" in client.get("/console/locks/").content.decode()
    assert client.post("/console/locks/", {"username": "target", "reason": ""}).status_code == 422
    assert client.post("/console/locks/", {"username": "target", "reason": "本人到场"}).status_code == 302
    unlocked = history(f"account:{target.pk}").last()
    assert unlocked is not None
    assert (unlocked.kind, unlocked.data["reason"]) == ("account.unlocked", "本人到场")
    assert Client().post("/accounts/login/", {"login": "target", "password": PASSWORD}).status_code == 302


def test_the_auditor_sees_what_was_refused_and_proves_the_record(world) -> None:
    reviewer = client_of(official("reviewer", world["4201-market"], Role.REVIEWER))
    assert reviewer.get("/console/accounts/?q=secret").status_code == 404
    client = client_of(official("auditor", world["42-market"], Role.AUDIT_ADMIN))
    page = client.get("/console/audit/refusals/").content.decode()
    assert "accounts.view" in page
    assert "secret" not in page
    assert "完整无误" in client.post("/console/audit/verify/", {"stream": ""}).content.decode()
    assert "没有这个记录流" in client.post("/console/audit/verify/", {"stream": "case:x"}).content.decode()
    assert client.get("/console/audit/?stream=security&kind=access.refused&day=2026-13-40").status_code == 200


@pytest.mark.parametrize(("role", "place"), [(Role.AUDIT_ADMIN, "/console/"), (Role.REVIEWER, "/desk/")])
def test_signing_in_leads_administrators_to_the_console_and_others_to_the_desk(world, role: Role, place: str) -> None:
    official("myself", world["42-market"], role)
    assert Client().post("/accounts/login/", {"login": "myself", "password": PASSWORD})["Location"] == place


def test_the_auditor_reads_names_and_short_digests(world) -> None:
    official("auditor", world["42-market"], Role.AUDIT_ADMIN)
    client = Client()
    client.post("/accounts/login/", {"login": "auditor", "password": PASSWORD})
    page = client.get("/console/audit/?kind=account.signed_in").content.decode()
    assert "auditor" in page
    assert "…" in page
    assert not re.search(r"[0-9a-f]{64}", page)


def test_a_window_clerk_vouches_for_a_declared_name_after_seeing_the_document(world, settings) -> None:
    settings.REAL_NAME_SERVICE = "none"
    account = accounts.open_person(
        username="citizen", password=PASSWORD, name="测试甲", number="11010519491231002X", phone="13800000001",
        by=Self(), at=now(),
    )  # fmt: skip
    client = client_of(official("myself", world["42-market"], Role.WINDOW_CLERK))
    data = {"username": "Citizen", "name": "测试甲", "number": "110105194912310021", "phone": ""}
    refused = client.post("/console/identities/", data)
    assert refused.status_code == 422
    assert "不一致" in refused.content.decode()
    assert not account.identity.is_verified
    assert (
        client.post("/console/identities/", {**data, "name": "他人", "number": "11010519491231002X"}).status_code == 422
    )
    right = {**data, "number": "110105 19491231 002x", "phone": "13700000007"}
    assert client.post("/console/identities/", right).status_code == 302
    account.identity.refresh_from_db()
    assert account.identity.verified_by == "window:42-market"
    assert account.identity.phone == "13700000007"
    kinds = [event.kind for event in history(f"account:{account.pk}")]
    assert kinds[-3:] == ["identity.mismatch", "identity.verified", "account.contact_changed"]
