from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.clock.now import now

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff：（）]+")
OPEN = ("login", "signup", "signup/person", "signup/firm", "password/recover", "inactive")
OWN = ("", "contact", "history", "delegations", "2fa", "password/change", "reauthenticate", "logout")


def words_of_page(client: Client, path: str) -> list[str]:
    answer = client.get(f"/accounts/{path}/" if path else "/accounts/")
    assert answer.status_code == 200, path
    page = answer.content.decode()
    main = page[page.index('<main id="main"') : page.index("</main>")]
    return CHINESE.findall(re.sub(r"<[^>]+>", " ", main))


def test_account_pages_in_english_carry_no_chinese() -> None:
    call_command("compile_catalogs", verbosity=0)
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for path in OPEN:
        assert words_of_page(client, path) == [], path
    actions.open_firm(
        username="firm-a", password="Quiet-river-2026", name="Example Ltd", number="91350100M000100Y43",
        legal_representative="A B", phone="13900000002", by=Self(), at=now(),
    )  # fmt: skip
    client.post("/accounts/login/", {"login": "firm-a", "password": "Quiet-river-2026"})
    for path in OWN:
        assert words_of_page(client, path) == [], path


def test_mistakes_in_english_carry_no_chinese() -> None:
    call_command("compile_catalogs", verbosity=0)
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for path, data in (
        ("login", {"login": "nobody", "password": "x"}),
        ("login", {}),
        ("signup/person", {}),
        ("signup/firm", {"number": "91350100M000100Y44", "username": "13800000000", "password": "weak", "phone": "1"}),
        (
            "signup/firm",
            dict.fromkeys(
                ("name", "number", "legal_representative", "phone", "username", "password", "password_again"), "1"
            ),
        ),
        ("password/recover", {}),
    ):
        answer = client.post(f"/accounts/{path}/", data)
        assert answer.status_code == 422, path
        page = answer.content.decode()
        main = page[page.index('<main id="main"') : page.index("</main>")]
        assert CHINESE.findall(re.sub(r"<[^>]+>", " ", main)) == [], path
