from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client, RequestFactory

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.models import Account, SignIn
from tongban.foundation.accounts.views import by_name, has_name
from tongban.foundation.clock.now import now

pytestmark = pytest.mark.django_db
PASSWORD = "Tongban-2026"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def code(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def enter(password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": "someone", "password": password})
    return client


def again(client: Client) -> None:
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


@pytest.fixture
def bound() -> tuple[Account, str]:
    account = actions.open_official(
        username="someone", display_name="某人", password=PASSWORD, by=Self(), at=now(), final=True
    )
    client = enter()
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/?next=")
    assert client.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code == 422
    again(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = page.split('<code class="n">')[1].split("</code>")[0]
    assert client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 422
    assert client.post("/accounts/2fa/totp/activate/", {"code": code(secret)}).status_code == 302
    codes = client.get("/accounts/2fa/recovery-codes/")
    assert codes.status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/accounts/2fa/recovery-codes/download/").status_code == 200
    return account, secret


def test_the_password_alone_no_longer_signs_in(bound) -> None:
    _account, secret = bound
    client = enter()
    assert client.get("/accounts/").status_code == 302
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 422
    assert client.post("/accounts/2fa/authenticate/", {"code": code(secret, 1)}).status_code == 302
    assert client.get("/accounts/").status_code == 200
    row = SignIn.objects.order_by("-pk").first()
    assert row is not None
    assert row.method == "password+totp"


def test_a_code_is_good_once(bound) -> None:
    _account, secret = bound
    now_code = code(secret, 1)
    first, second = enter(), enter()
    assert first.post("/accounts/2fa/authenticate/", {"code": now_code}).status_code == 302
    assert second.post("/accounts/2fa/authenticate/", {"code": now_code}).status_code == 422


def test_five_wrong_codes_end_the_tries(bound) -> None:
    _account, secret = bound
    client = enter()
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code(secret, 1)})
    assert answer.status_code == 422
    assert "尝试次数过多" in answer.content.decode()


def test_a_recovery_code_works_once(bound) -> None:
    account, _secret = bound
    wrapped = Authenticator.objects.get(user=account, type="recovery_codes").wrap()
    recovery = wrapped.get_unused_codes()[0]
    assert enter().post("/accounts/2fa/authenticate/", {"code": recovery}).status_code == 302
    assert enter().post("/accounts/2fa/authenticate/", {"code": recovery}).status_code == 422


def test_the_secret_is_unreadable_in_the_database(bound) -> None:
    account, secret = bound
    assert secret not in str(Authenticator.objects.get(user=account, type="totp").data)


def test_every_page_of_sign_in_safety_opens(bound) -> None:
    _account, secret = bound
    client = enter()
    client.post("/accounts/2fa/authenticate/", {"code": code(secret, 1)})
    again(client)
    for path in (
        "", "webauthn/", "webauthn/add/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/",
        "reauthenticate/",
    ):  # fmt: skip
        answer = client.get(f"/accounts/2fa/{path}")
        assert answer.status_code == 200, path
        assert "通办" in answer.content.decode() or "政务" in answer.content.decode()
    for path in ("password/change/", "reauthenticate/", "logout/", "contact/", "history/", ""):
        assert client.get(f"/accounts/{path}").status_code == 200, path


def test_removing_the_factor_is_asked_first(bound) -> None:
    account, secret = bound
    client = enter()
    client.post("/accounts/2fa/authenticate/", {"code": code(secret, 1)})
    again(client)
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=account).exists()


def test_a_passkey_sign_in_is_offered_and_a_forged_answer_refused() -> None:
    client = Client()
    assert "passkey_login" in client.get("/accounts/login/").content.decode()
    options = client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    assert options.json()["request_options"]["publicKey"]["challenge"]
    assert client.post("/accounts/2fa/webauthn/login/", {"credential": "{}"}).status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("host", "offered", "elsewhere"),
    [
        ("localhost:8000", True, ""),
        ("127.0.0.1:8000", False, "http://localhost:8000/accounts/2fa/webauthn/add/"),
        ("[::1]:8000", False, "http://localhost:8000/accounts/2fa/webauthn/add/"),
        ("testserver", True, ""),
    ],
)
def test_passkeys_are_offered_only_where_the_site_has_a_name(
    client: Client, host: str, offered: bool, elsewhere: str
) -> None:
    request = RequestFactory().get("/accounts/2fa/webauthn/add/", headers={"host": host})
    assert has_name(request) is offered
    assert offered or by_name(request) == elsewhere
    body = client.get("/accounts/login/", headers={"host": host}).content.decode()
    assert ("passkey_login" in body) is offered
