from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.identity_provider import IdentityProviderAdapter
from tongban.foundation.accounts.models import Account, Identity, SignIn
from tongban.foundation.clock.now import now

pytestmark = pytest.mark.django_db
ISSUER = "https://id.example.gov"
CLAIMS = {"sub": "s-1", "name": "测试甲", "id_number": "11010519491231002X", "phone_number": "13800000001"}


class Answer:
    """What the provider answers."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data, self.status_code, self.headers = data, 200, {"content-type": "application/json"}
        self.text = str(data)

    def json(self) -> dict[str, Any]:
        return self.data

    def raise_for_status(self) -> None:
        return


class Provider:
    """A national identity provider, as far as the protocol needs it."""

    def __init__(self) -> None:
        self.claims = dict(CLAIMS)
        self.exchanged: list[dict[str, Any]] = []

    def __enter__(self) -> Provider:
        return self

    def __exit__(self, *_exc: object) -> None:
        return

    def get(self, url: str, **_kwargs: Any) -> Answer:
        if url.endswith("/userinfo"):
            return Answer(self.claims)
        return Answer(
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "userinfo_endpoint": f"{ISSUER}/userinfo",
                "jwks_uri": f"{ISSUER}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def request(self, _method: str, _url: str, data: dict[str, Any] | None = None, **_kwargs: Any) -> Answer:
        self.exchanged.append(data or {})
        return Answer({"access_token": "t", "token_type": "Bearer", "expires_in": 60})

    def post(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Answer:
        return self.request("post", url, data, **kwargs)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings) -> Provider:
    made = Provider()
    app = {
        "provider_id": "national", "name": "国家政务服务平台", "client_id": "tongban", "secret": "s",
        "settings": {"server_url": ISSUER, "oauth_pkce_enabled": True},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    monkeypatch.setattr(IdentityProviderAdapter, "get_requests_session", lambda _self: made)
    return made


def come(client: Client) -> Any:
    start = client.post("/accounts/oidc/national/login/")
    assert start.status_code == 302
    query = parse_qs(urlsplit(start["Location"]).query)
    assert start["Location"].startswith(f"{ISSUER}/authorize?")
    assert query["code_challenge_method"] == ["S256"]
    state = query["state"][0]
    return client.get("/accounts/oidc/national/login/callback/", {"code": "c", "state": state})


def test_the_sign_in_page_offers_the_provider_only_where_it_is_configured(client: Client, provider: Provider) -> None:
    assert "用国家政务服务平台账户登录" in client.get("/accounts/login/").content.decode()


def test_without_configuration_nothing_is_offered(client: Client) -> None:
    assert "国家政务服务平台" not in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/oidc/national/login/").status_code == 404


def test_a_newcomer_gets_an_account_the_provider_vouches_for(client: Client, provider: Provider) -> None:
    answer = come(client)
    assert answer.status_code == 302
    identity = Identity.objects.get()
    assert (identity.name, identity.number, identity.phone) == ("测试甲", "11010519491231002X", "13800000001")
    assert identity.verified_by == "oidc:national"
    assert identity.account.kind == "person"
    assert not identity.account.has_usable_password()
    assert client.get("/accounts/").status_code == 200
    assert "code_verifier" in provider.exchanged[0]
    assert SignIn.objects.get().method == "national"


def test_whoever_comes_again_finds_the_same_account(client: Client, provider: Provider) -> None:
    come(client)
    come(Client())
    assert Account.objects.count() == 1
    assert SignIn.objects.count() == 2


def test_the_account_verified_with_the_same_number_is_used(client: Client, provider: Provider) -> None:
    known = actions.open_person(
        username="known", password="Quiet-river-2026", name="测试甲", number=CLAIMS["id_number"], phone="13800000001",
        by=Self(), at=now(),
    )  # fmt: skip
    come(client)
    assert Account.objects.get() == known
    assert int(client.session["_auth_user_id"]) == known.pk


def test_a_merely_declared_account_is_not_taken_over(client: Client, provider: Provider, settings) -> None:
    settings.REAL_NAME_SERVICE = "none"
    actions.open_person(
        username="impostor", password="Quiet-river-2026", name="测试甲", number=CLAIMS["id_number"],
        phone="13800000009", by=Self(), at=now(),
    )  # fmt: skip
    come(client)
    assert Account.objects.count() == 2
    assert Identity.objects.get(verified_at__isnull=False).phone == "13800000001"


@pytest.mark.parametrize("claims", [{"id_number": "110105194912310021"}, {"id_number": ""}, {"name": ""}])
def test_an_incomplete_identity_signs_nobody_in(client: Client, provider: Provider, claims: dict[str, str]) -> None:
    provider.claims |= claims
    answer = come(client)
    assert answer["Location"] == "/accounts/login/"
    assert not Account.objects.exists()
    assert "没有返回姓名和证件号码" in client.get("/accounts/login/").content.decode()


def test_a_forged_state_signs_nobody_in(client: Client, provider: Provider) -> None:
    client.post("/accounts/oidc/national/login/")
    answer = client.get("/accounts/oidc/national/login/callback/", {"code": "c", "state": "forged"})
    assert answer["Location"] == "/accounts/login/"
    assert not Account.objects.exists()
