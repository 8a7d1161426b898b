from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.models import Account, SignIn, SignInGuard
from tongban.foundation.audit.queries import history, verify
from tongban.foundation.clock.now import now

PASSWORD = "Tongban-2026"
pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> Account:
    return actions.open_official(
        username="reviewer", display_name="审查员甲", password=PASSWORD, by=Self(), at=now(), final=True
    )


def sign_in(client: Client, password: str = PASSWORD, username: str = "reviewer"):
    return client.post("/accounts/login/", {"login": username, "password": password})


def test_the_right_password_signs_in_and_is_recorded(client: Client, reviewer: Account) -> None:
    client.get("/accounts/login/")
    answer = sign_in(client)
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/"
    row = SignIn.objects.get()
    assert (row.outcome, row.method, row.address) == ("succeeded", "password", "127.0.0.1")
    assert [event.kind for event in history(f"account:{reviewer.pk}")] == ["account.opened", "account.signed_in"]
    assert verify().whole


def test_the_sign_in_name_may_be_written_in_any_case(client: Client, reviewer: Account) -> None:
    assert sign_in(client, username=" Reviewer ").status_code == 302


def test_the_session_key_changes_at_sign_in(client: Client, reviewer: Account) -> None:
    session = client.session
    session["probe"] = 1
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_a_wrong_password_answers_422_and_keeps_the_name(client: Client, reviewer: Account) -> None:
    answer = sign_in(client, "wrong")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "登录名或密码不正确" in page
    assert 'value="reviewer"' in page
    assert "wrong" not in page


def test_after_five_failures_even_the_right_password_is_refused(client: Client, reviewer: Account) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    answer = sign_in(client)
    assert answer.status_code == 422
    assert "15 分钟后" in answer.content.decode()
    assert SignIn.objects.filter(outcome="locked").count() == 1
    kinds = [event.kind for event in history(f"account:{reviewer.pk}")]
    assert kinds == ["account.opened", "account.locked"]
    assert [event.kind for event in history("security")] == ["sign_in.name_locked"]


def test_an_unknown_name_is_treated_like_a_known_one(client: Client, reviewer: Account) -> None:
    def tries(username: str) -> list[tuple[int, str]]:
        found = []
        for _ in range(6):
            answer = sign_in(client, "wrong", username)
            page = answer.content.decode().replace(username, "NAME")
            start = page.index('<div class="errsum')
            found.append((answer.status_code, page[start : page.index("</div>", start)]))
        return found

    assert tries("reviewer") == tries("nobody")


def test_the_lock_ends_after_fifteen_minutes(client: Client, reviewer: Account) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    SignInGuard.objects.update(locked_until=now() - dt.timedelta(seconds=1))
    assert sign_in(client).status_code == 302
    assert not SignInGuard.objects.filter(subject="name").exists()


def test_a_success_in_between_starts_the_count_anew(client: Client, reviewer: Account) -> None:
    for _ in range(4):
        sign_in(client, "wrong")
    assert sign_in(client).status_code == 302
    client.post("/accounts/logout/")
    for _ in range(4):
        sign_in(client, "wrong")
    assert sign_in(client).status_code == 302


def test_one_address_may_not_try_many_names(client: Client) -> None:
    for n in range(100):
        actions.sign_in_failed(username=f"user{n}", method="password", address="10.1.2.3", agent="", at=now())
    refused = client.post("/accounts/login/", {"login": "other", "password": "x"}, REMOTE_ADDR="10.1.2.3")
    assert "尝试次数过多" in refused.content.decode()
    elsewhere = client.post("/accounts/login/", {"login": "other", "password": "x"}, REMOTE_ADDR="10.1.2.4")
    assert "登录名或密码不正确" in elsewhere.content.decode()


def test_a_disabled_account_cannot_sign_in_and_its_session_ends(client: Client, reviewer: Account) -> None:
    sign_in(client)
    assert client.get("/accounts/").status_code == 200
    actions.disable(account=reviewer, reason="调离", by=Self(), at=now())
    assert client.get("/accounts/").status_code == 302
    assert "_auth_user_id" not in Client().session
    other = Client()
    sign_in(other)
    assert "_auth_user_id" not in other.session


def test_enabling_again_does_not_revive_old_sessions(client: Client, reviewer: Account) -> None:
    sign_in(client)
    actions.disable(account=reviewer, reason="误报", by=Self(), at=now())
    actions.enable(account=reviewer, by=Self(), at=now())
    assert client.get("/accounts/").status_code == 302


def test_a_new_password_ends_the_other_sessions(client: Client, reviewer: Account) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    data = {"oldpassword": PASSWORD, "password1": "Another-2027", "password2": "Another-2027"}
    answer = client.post("/accounts/password/change/", data)
    assert answer.status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302
    assert "account.password_changed" in [event.kind for event in history(f"account:{reviewer.pk}")]


def test_logging_out_ends_the_session_for_a_replayed_cookie(client: Client, reviewer: Account) -> None:
    sign_in(client)
    replay = client.cookies["session"].value
    client.post("/accounts/logout/")
    other = Client()
    other.cookies["session"] = replay
    assert other.get("/accounts/").status_code == 302


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/accounts/history/?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/accounts/history/%3Fpage%3D2"


def test_next_never_leads_to_another_site(client: Client, reviewer: Account) -> None:
    answer = client.post("/accounts/login/?next=https://evil.example/", {"login": "reviewer", "password": PASSWORD})
    assert answer["Location"] == "/desk/"


def test_an_official_nobody_has_seen_for_ninety_days_is_disabled(reviewer: Account) -> None:
    later = now() + dt.timedelta(days=91)
    invented = Account.objects.create(username="invented", display_name="x", kind="official", joined_at=now())
    invented.set_unusable_password()
    invented.save()
    citizen = Account.objects.create(username="citizen", display_name="x", password=reviewer.password, joined_at=now())
    assert actions.disable_unused(days=90, by=Self(), at=later - dt.timedelta(days=2)) == 0
    assert actions.disable_unused(days=90, by=Self(), at=later) == 1
    for account in (reviewer, invented, citizen):
        account.refresh_from_db()
    assert (reviewer.is_active, invented.is_active, citizen.is_active) == (False, True, True)
    actions.enable(account=reviewer, by=Self(), at=later)
    assert actions.disable_unused(days=90, by=Self(), at=later) == 0
