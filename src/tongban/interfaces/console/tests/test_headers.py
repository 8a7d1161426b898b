from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_every_page_forbids_foreign_and_inline_content(client: Client) -> None:
    policy = client.get("/no-such-page/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_page_carries_the_protective_headers(client: Client, name: str, value: str) -> None:
    assert client.get("/no-such-page/")[name] == value


def test_pages_of_signed_in_people_are_not_cached(client: Client, django_user_model: type) -> None:
    person = django_user_model.objects.create(username="lin", joined_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    client.force_login(person)
    assert client.get("/no-such-page/")["Cache-Control"] == "private, no-store"
