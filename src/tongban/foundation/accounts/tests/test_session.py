from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.rules import LOCK, NAME_LIMIT, WINDOW, Tries, after_failure, is_locked, session_over
from tongban.foundation.clock.now import now

PASSWORD = "Tongban-2026"
AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def signed_in(kind: str = "official", *, changed: bool = True) -> tuple[Client, Account]:
    account = actions.open_official(
        username="someone", display_name="某人", password=PASSWORD, by=Self(), at=now(), final=changed
    )
    Account.objects.filter(pk=account.pk).update(kind=kind)
    client = Client()
    client.post("/accounts/login/", {"login": "someone", "password": PASSWORD})
    return client, account


def back(client: Client, *, seen: dt.timedelta = dt.timedelta(), begun: dt.timedelta = dt.timedelta()) -> None:
    session = client.session
    session["seen_at"] = (now() - seen).isoformat()
    session["signed_in_at"] = (now() - begun).isoformat()
    session.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "seen", "begun", "status"),
    [
        ("official", 14, 60, 200),
        ("official", 16, 60, 302),
        ("official", 1, 8 * 60 - 1, 200),
        ("official", 1, 8 * 60 + 1, 302),
        ("person", 16, 60, 200),
        ("person", 1, 20 * 60, 200),
        ("person", 13 * 60, 13 * 60, 302),
    ],
)
def test_a_session_ends_when_idle_and_an_officials_at_the_end_of_the_day(kind, seen, begun, status) -> None:
    client, _account = signed_in(kind)
    back(client, seen=seen * MINUTE, begun=begun * MINUTE)
    answer = client.get("/accounts/")
    assert answer.status_code == status
    if status == 302:
        assert answer["Location"] == "/accounts/login/?next=/accounts/"
        assert "超时" in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_work_keeps_a_session_alive() -> None:
    client, _account = signed_in()
    back(client, seen=10 * MINUTE, begun=60 * MINUTE)
    client.get("/accounts/")
    seen = dt.datetime.fromisoformat(client.session["seen_at"])
    assert now() - seen < MINUTE


@pytest.mark.django_db
def test_signing_out_everywhere_ends_every_session() -> None:
    client, _account = signed_in()
    other = Client()
    other.post("/accounts/login/", {"login": "someone", "password": PASSWORD})
    client.post("/accounts/sessions/end/")
    assert client.get("/accounts/").status_code == 302
    assert other.get("/accounts/").status_code == 302


@pytest.mark.django_db
def test_an_initial_password_must_be_changed_first() -> None:
    client, _account = signed_in(changed=False)
    assert client.get("/accounts/")["Location"] == "/accounts/password/change/"
    assert client.get("/accounts/password/change/").status_code == 200


@pytest.mark.django_db
def test_an_old_password_must_be_changed_where_the_option_says_so(settings) -> None:
    client, account = signed_in()
    Account.objects.filter(pk=account.pk).update(password_changed_at=now() - dt.timedelta(days=91))
    assert client.get("/accounts/").status_code == 200
    settings.STAFF_PASSWORD_DAYS = 90
    assert client.get("/accounts/")["Location"] == "/accounts/password/change/"


@pytest.mark.django_db
def test_officials_must_bind_a_second_factor_where_it_is_required(settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client, _account = signed_in()
    assert client.get("/accounts/history/")["Location"] == "/accounts/2fa/"
    page = client.get("/accounts/2fa/")
    assert page.status_code == 200
    assert "须启用第二重验证" in page.content.decode()


@pytest.mark.django_db
def test_citizens_need_no_second_factor(settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client, _account = signed_in("person")
    assert client.get("/accounts/history/").status_code == 200


@given(st.lists(st.integers(0, 3600), max_size=30))
def test_a_name_is_locked_exactly_by_five_failures_within_the_window(seconds: list[int]) -> None:
    tries: Tries | None = None
    times: list[dt.datetime] = []
    for at in sorted(AT + dt.timedelta(seconds=second) for second in seconds):
        if is_locked(tries, at):
            continue
        if tries is not None and tries.locked_until is not None:
            times = []
        if times and at - times[0] > WINDOW:
            times = []
        times.append(at)
        tries = after_failure(tries, at, NAME_LIMIT)
        assert tries.failures == len(times)
        assert is_locked(tries, at) == (len(times) >= NAME_LIMIT)
        assert not is_locked(tries, at + LOCK)


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_session_never_revives(first: int, more: int) -> None:
    def over(after: int) -> bool:
        at = AT + dt.timedelta(seconds=after)
        return session_over(signed_in_at=AT, seen_at=AT, at=at, idle=900, longest=28_800)

    assert over(first + more) or not over(first)


def test_a_clock_set_back_ends_a_session() -> None:
    at = AT - dt.timedelta(hours=1)
    assert session_over(signed_in_at=AT, seen_at=AT, at=at, idle=900, longest=28_800)
