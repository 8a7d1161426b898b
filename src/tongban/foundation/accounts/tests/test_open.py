from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.clock.now import now

pytestmark = pytest.mark.django_db

PERSON = {
    "name": "测试甲",
    "number": "11010519491231002x",
    "phone": "13800000001",
    "username": "Tester.A",
    "password": "Quiet-river-2026",
    "password_again": "Quiet-river-2026",
}
FIRM = {
    "name": "测试企业有限公司",
    "number": "91350100M000100Y43",
    "legal_representative": "测试乙",
    "phone": "13900000002",
    "username": "firm-a",
    "password": "Quiet-river-2026",
    "password_again": "Quiet-river-2026",
}


def test_a_person_opens_an_account_and_is_signed_in(client: Client) -> None:
    answer = client.post("/accounts/signup/person/", {**PERSON, "next": "/accounts/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/"
    account = Account.objects.get()
    assert (account.username, account.kind, account.display_name) == ("tester.a", "person", "测试甲")
    identity = account.identity
    assert (identity.number, identity.number_digest) == ("11010519491231002X", digest("11010519491231002X"))
    assert identity.is_verified
    assert identity.verified_by == "demonstration"
    page = client.get("/accounts/").content.decode()
    assert "11010519491231002X" not in page
    assert "13800000001" not in page
    assert "138****0001" in page


def test_a_firm_opens_an_account(client: Client) -> None:
    assert client.post("/accounts/signup/firm/", FIRM).status_code == 302
    account = Account.objects.get()
    assert account.kind == "organization"
    assert account.identity.kind == "organization"
    assert account.identity.legal_representative == "测试乙"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("number", "110105194912310021", "校验位不对"),
        ("number", "", "请填写此项"),
        ("phone", "12345678901", "请填写 11 位手机号码"),
        ("username", "13800000001", "以字母开头"),
        ("username", "ab", "以字母开头"),
        ("password", "short", "两次填写的密码不一致"),
        ("password_again", "Other-river-2026", "两次填写的密码不一致"),
        ("name", "", "请填写此项"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_the_rest_is_kept(client: Client, field: str, value: str, said: str) -> None:
    answer = client.post("/accounts/signup/person/", {**PERSON, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    for kept in set(PERSON) - {field, "password", "password_again"}:
        assert f'value="{PERSON[kept]}"' in page
    assert PERSON["password"] not in page
    assert not Account.objects.exists()


@pytest.mark.parametrize("password", ["quietriver2026", "12345678901", "password123", "Tester.a-2026"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    data = {**PERSON, "password": password, "password_again": password}
    assert client.post("/accounts/signup/person/", data).status_code == 422
    assert not Account.objects.exists()


def test_a_number_has_one_verified_account_and_the_refusal_tells_nothing(client: Client, settings) -> None:
    client.post("/accounts/signup/person/", PERSON)
    again = Client().post("/accounts/signup/person/", {**PERSON, "username": "tester-b"})
    assert again.status_code == 422
    assert "无法用这份实名信息开户" in again.content.decode()

    from tongban.foundation.accounts import verification

    verification.register_service("refuses", lambda claim: verification.Verdict(verified=False))
    settings.REAL_NAME_SERVICE = "refuses"
    other = {**PERSON, "username": "tester-c", "number": "440524188001010014"}
    refused = Client().post("/accounts/signup/person/", other)
    assert "无法用这份实名信息开户" in refused.content.decode()


def test_without_a_service_the_name_is_only_declared_and_a_window_vouches(client: Client, settings) -> None:
    settings.REAL_NAME_SERVICE = "none"
    client.post("/accounts/signup/person/", PERSON)
    Client().post("/accounts/signup/person/", {**PERSON, "username": "impostor"})
    first, second = Identity.objects.order_by("pk")
    assert not first.is_verified
    assert "尚未核验" in client.get("/accounts/").content.decode()
    actions.confirm_identity(identity=first, verified_by="window:420102-x", by=Self(), at=now())
    with pytest.raises(AccountError, match="另一账户"):
        actions.confirm_identity(identity=second, verified_by="window:420102-x", by=Self(), at=now())
    second.refresh_from_db()
    assert not second.is_verified


def test_personal_data_is_unreadable_in_the_database_and_absent_from_the_record(client: Client) -> None:
    client.post("/accounts/signup/person/", PERSON)
    client.post("/accounts/contact/", {"phone": "13700000003", "email": "a@example.org", "address": "某街 99 号"})
    secrets = ["11010519491231002", "13800000001", "13700000003", "某街 99 号"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(string_agg(name || number || phone || address, ''::bytea), 'escape') FROM accounts_identity"
        )
        stored = cursor.fetchone()[0]
    for secret in secrets:
        assert secret not in stored
        for event in AuditEvent.objects.all():
            assert secret.encode() not in bytes(event.body)
            assert b"127.0.0.1" not in bytes(event.body)


def test_a_person_gets_a_copy_of_everything_held(client: Client) -> None:
    client.post("/accounts/signup/person/", PERSON)
    answer = client.post("/accounts/export/")
    data = json.loads(answer.content)
    assert data["identity"]["number"] == "11010519491231002X"
    assert data["account"]["username"] == "tester.a"
    assert data["sign_ins"][0]["outcome"] == "succeeded"
    assert "attachment" in answer["Content-Disposition"]
    assert client.get("/accounts/export/").status_code == 405


def test_form_fields_beyond_the_form_are_ignored(client: Client) -> None:
    extra = {"kind": "official", "is_active": "0", "verified_by": "x", "session_epoch": "9", "is_superuser": "1"}
    client.post("/accounts/signup/person/", {**PERSON, **extra})
    account = Account.objects.get()
    assert (account.kind, account.is_active, account.session_epoch) == ("person", True, 0)
