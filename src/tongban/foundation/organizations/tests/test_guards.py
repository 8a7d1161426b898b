from __future__ import annotations

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from tongban.foundation.audit.queries import history
from tongban.foundation.organizations.actor import ANONYMOUS, Actor
from tongban.foundation.organizations.checks import no_superuser
from tongban.foundation.organizations.guards import ActorRequest, official, permitted, public, signed_in
from tongban.foundation.organizations.permissions import NotAllowedError
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official as an_official
from tongban.foundation.organizations.tests.world import person, small_world

pytestmark = pytest.mark.django_db


def page(request: ActorRequest) -> HttpResponse:
    return HttpResponse("in")


def refusing(request: ActorRequest) -> HttpResponse:
    raise NotAllowedError("cases.act")


def ask(actor: Actor, path: str = "/desk/?secret=1", method: str = "GET") -> HttpRequest:
    request = RequestFactory().generic(method, path)
    request.actor = actor  # type: ignore[attr-defined]
    return request


def refusals() -> list[dict[str, object]]:
    return [{"actor": event.actor, **event.data} for event in history("security")]


def test_each_guard_declares_itself() -> None:
    codes = [guard(page).permission_code for guard in (public, signed_in, official, permitted("accounts.open"))]
    assert codes == ["public", "signed-in", "official", "accounts.open"]


def test_a_stranger_is_sent_to_sign_in_and_not_recorded() -> None:
    for guard in (signed_in, official, permitted("accounts.open")):
        answer = guard(page)(ask(ANONYMOUS))
        assert answer.status_code == 302
        assert answer["Location"] == "/accounts/login/?next=/desk/%3Fsecret%3D1"
    assert public(page)(ask(ANONYMOUS)).content == b"in"
    assert refusals() == []


def test_after_a_lost_session_a_form_does_not_return_to_an_address_that_only_takes_forms() -> None:
    answer = signed_in(page)(ask(ANONYMOUS, "/accounts/export/", "POST"))
    assert answer["Location"] == "/accounts/login/?next=/"


def test_without_the_permission_the_page_does_not_exist_and_the_refusal_is_recorded() -> None:
    citizen = Actor(account=person("p"))
    for guard in (official, permitted("accounts.open")):
        with pytest.raises(Http404):
            guard(page)(ask(citizen))
    assert [entry["permission"] for entry in refusals()] == ["official", "accounts.open"]
    assert refusals()[1] == {"actor": citizen.key, "permission": "accounts.open", "method": "GET", "path": "/desk/"}


def test_what_an_action_refuses_does_not_exist_either() -> None:
    actor = an_official("sys", (small_world()["42-health"], Role.SYSTEM_ADMIN))
    for guard in (public, signed_in, official, permitted("accounts.open")):
        with pytest.raises(Http404):
            guard(refusing)(ask(actor))
    assert [entry["permission"] for entry in refusals()] == ["cases.act"] * 4


def test_the_holder_comes_in() -> None:
    actor = an_official("sys", (small_world()["42-health"], Role.SYSTEM_ADMIN))
    assert permitted("accounts.open")(page)(ask(actor)).content == b"in"
    assert refusals() == []


def test_an_installation_with_a_superuser_notion_does_not_start(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    assert list(no_superuser()) == []
    from tongban.foundation.accounts.models import Account

    monkeypatch.setattr(Account, "is_superuser", True, raising=False)
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert {found.id for found in no_superuser()} == {"organizations.C001", "organizations.C003"}
