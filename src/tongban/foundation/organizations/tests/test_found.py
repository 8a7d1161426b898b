from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.models import Posting
from tongban.foundation.organizations.tests.world import small_world

pytestmark = pytest.mark.django_db
NAMES = [
    "--unit",
    "42-health",
    "--system",
    "system1",
    "--security",
    "security1",
    "--security",
    "security2",
    "--audit",
    "audit1",
]


def test_an_installation_begins_with_four_administrators_who_must_change_their_passwords() -> None:
    small_world()
    out = StringIO()
    call_command("first_administrators", *NAMES, stdout=out)
    rows = [line.split() for line in out.getvalue().splitlines()[:4]]
    assert [(role, name) for role, name, _password in rows] == [
        ("system_admin", "system1"), ("security_admin", "security1"), ("security_admin", "security2"),
        ("audit_admin", "audit1"),
    ]  # fmt: skip
    client = Client()
    assert client.post("/accounts/login/", {"login": "system1", "password": rows[0][2]}).status_code == 302
    assert client.get("/console/")["Location"] == "/accounts/password/change/"


def test_it_happens_once() -> None:
    small_world()
    call_command("first_administrators", *NAMES, stdout=StringIO())
    Posting.objects.all().delete()
    world_accounts = Account.objects.count()
    with pytest.raises(CommandError, match="登录名已被使用"):
        call_command("first_administrators", *NAMES, stdout=StringIO())
    assert Account.objects.count() == world_accounts


def test_a_second_founding_is_refused() -> None:
    small_world()
    call_command("first_administrators", *NAMES, stdout=StringIO())
    others = [text.replace("1", "3").replace("2", "4") if text[-1] in "12" else text for text in NAMES]
    others[1] = "42-health"
    with pytest.raises(CommandError, match="已有管理员"):
        call_command("first_administrators", *others, stdout=StringIO())


@pytest.mark.parametrize(("change", "said"), [({"42-health": "nowhere"}, "no unit"), ({"security2": "x"}, "4 至 32")])
def test_a_mistake_founds_nothing(change: dict[str, str], said: str) -> None:
    small_world()
    with pytest.raises(CommandError, match=said):
        call_command("first_administrators", *[change.get(text, text) for text in NAMES], stdout=StringIO())
    assert not Account.objects.exists()
