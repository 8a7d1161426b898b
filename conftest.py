"""What every test of the project shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

settings.register_profile("house", deadline=None)  # a busy machine is no failure
settings.load_profile("house")

_TRUNCATE_GUARDS = (
    ("audit_auditevent", "audit_event_no_truncate"),
    ("audit_auditstream", "audit_stream_no_truncate"),
    ("audit_auditpending", "audit_pending_no_truncate"),
)


def pytest_sessionstart() -> None:
    """Compile the translations, so that English pages are tested as they stand in the sources."""
    from tongban.interfaces.console.catalogs import compile_all

    compile_all()


@pytest.fixture(autouse=True)
def in_chinese() -> None:
    """Begin every test in the language of the screens; a request in English before it leaves its language behind."""
    from django.conf import settings as project
    from django.utils import translation

    translation.activate(project.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the test database be emptied between transactional tests: the audit record otherwise refuses TRUNCATE."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table, trigger in _TRUNCATE_GUARDS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
