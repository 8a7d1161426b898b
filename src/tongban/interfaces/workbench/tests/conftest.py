from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tongban.engines.cases.tests import factories
from tongban.foundation.organizations.actor import Actor
from tongban.interfaces.workbench import navigation
from tongban.interfaces.workbench.views import alarms, case, doing, files, filing, inbox, orders, supervision


@pytest.fixture(scope="package")
def law(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The law and its processes, loaded once for these tests and taken away after them."""
    with django_db_blocker.unblock():
        factories.publish_law()
        connection.close()
    yield
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(factories.TABLES)} CASCADE")
        connection.close()


@pytest.fixture
def world(law: None, db: None, settings: Any, tmp_path: Path) -> factories.World:
    """Units, people and the law."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    return factories.world()


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the desk believe it is another day."""

    def set_clock(text: str) -> None:
        moment = factories.at(text)
        for module in (alarms, case, doing, files, filing, inbox, orders, supervision):
            monkeypatch.setattr(module, "now", lambda: moment)
        for module in (filing, navigation):
            monkeypatch.setattr(module, "today", moment.date)

    set_clock("2026-03-03")
    return set_clock


@pytest.fixture
def desk(on_day: Callable[[str], None]) -> Callable[[Actor], Client]:
    """Return a browser in which an official (or anyone else) is signed in."""

    def sign_in(who: Actor) -> Client:
        client = Client()
        assert who.account is not None
        who.account.password_changed_at = factories.AT
        who.account.save(update_fields=["password_changed_at"])
        client.force_login(who.account)
        return client

    return sign_in


DAY = dt.date(2026, 3, 3)
