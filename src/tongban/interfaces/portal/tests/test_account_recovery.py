from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings as project
from django.test import Client

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, PasswordRecovery
from tongban.foundation.audit.queries import history
from tongban.foundation.clock.now import now
from tongban.foundation.messaging.models import Message
from tongban.foundation.packs.actions import load_pack

pytestmark = pytest.mark.django_db
PHONE = "13800000001"
OLD, NEW = "Quiet-river-2026", "Other-river-2027"


@pytest.fixture(autouse=True)
def person(tmp_path) -> Account:
    folder = tmp_path / "texts" / "messages"
    folder.mkdir(parents=True)
    source = project.PROJECT_ROOT / "packs" / "law" / "messages" / "password-code.yaml"
    (folder / source.name).write_bytes(source.read_bytes())
    load_pack(root=folder.parent, at=now())
    return actions.open_person(
        username="someone", password=OLD, name="测试甲", number="11010519491231002X", phone=PHONE, by=Self(), at=now()
    )


def ask(client: Client, username: str = "someone", phone: str = PHONE) -> None:
    answer = client.post("/accounts/password/recover/", {"username": username, "phone": phone})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/recover/code/")


def messages():
    return Message.objects.filter(recipient_digest=digest(PHONE))


def sent_code() -> str:
    body = messages().order_by("-created_at")[0].body
    return body.split("验证码")[1][:6]


def choose(client: Client, code: str, password: str = NEW):
    data = {"code": code, "password": password, "password_again": password}
    return client.post("/accounts/password/recover/code/", data)


def test_the_code_from_the_phone_sets_a_new_password_and_ends_sessions(client: Client, person: Account) -> None:
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "someone", "password": OLD})
    ask(client)
    code = sent_code()
    assert choose(client, code, "weak").status_code == 422
    assert choose(client, code)["Location"] == "/accounts/login/"
    assert elsewhere.get("/accounts/").status_code == 302
    assert client.post("/accounts/login/", {"login": "someone", "password": OLD}).status_code == 422
    assert client.post("/accounts/login/", {"login": "someone", "password": NEW}).status_code == 302
    kinds = [event.kind for event in history(f"account:{person.pk}")]
    assert kinds[-3:] == ["account.recovery_sent", "account.password_changed", "account.signed_in"]


def test_a_stranger_learns_nothing(client: Client) -> None:
    pages = []
    for username, phone in (("someone", PHONE), ("someone", "13900000009"), ("nobody", PHONE)):
        other = Client()
        ask(other, username, phone)
        page = choose(other, "000000").content.decode()
        pages.append(page[page.index('<div class="errsum') :].split("</div>")[0])
    assert len(set(pages)) == 1
    assert messages().count() == 1


def test_a_code_dies_after_five_tries_once_used_and_after_ten_minutes(client: Client) -> None:
    ask(client)
    code = sent_code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert choose(client, wrong).status_code == 422
    assert choose(client, code).status_code == 422
    PasswordRecovery.objects.update(tries=0, expires_at=now() - dt.timedelta(seconds=1))
    assert choose(client, code).status_code == 422
    PasswordRecovery.objects.update(expires_at=now() + dt.timedelta(minutes=1))
    assert choose(client, code).status_code == 302
    ask(client)
    assert choose(client, code).status_code == 422


def test_another_browser_cannot_use_the_code(client: Client) -> None:
    ask(client)
    other = Client()
    assert other.post("/accounts/password/recover/code/", {"code": sent_code()})["Location"].endswith("/recover/")
    ask(other, "nobody")
    assert choose(other, sent_code()).status_code == 422


def test_codes_are_sent_once_a_minute_and_five_a_day(client: Client) -> None:
    for _ in range(7):
        ask(client)
    assert messages().count() == 1
    for hours in range(1, 8):
        at = now() + dt.timedelta(hours=hours)
        actions.begin_recovery(username="someone", phone=PHONE, at=at)
    assert PasswordRecovery.objects.count() == 5


def test_a_lock_ends_with_a_new_password(client: Client) -> None:
    for _ in range(5):
        client.post("/accounts/login/", {"login": "someone", "password": "wrong"})
    ask(client)
    choose(client, sent_code())
    assert client.post("/accounts/login/", {"login": "someone", "password": NEW}).status_code == 302


def test_a_disabled_account_gets_no_code(client: Client, person: Account) -> None:
    actions.disable(account=person, reason="注销", by=Self(), at=now())
    ask(client)
    assert not messages().exists()
