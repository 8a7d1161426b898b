from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tongban.engines.publishing.tests.world import AT, World, make_world
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections

SECTIONS = ("calendars", "documents", "messages")
TABLES = (
    "clock_calendarday", "clock_calendaryear", "clock_calendarstamp", "documents_documenttemplate",
    "messaging_messagetemplate",
)  # fmt: skip


@pytest.fixture(scope="module")
def texts(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Calendars, documents and messages, loaded once for a module and taken away after it."""
    root = settings.PROJECT_ROOT / "packs" / "law"
    with django_db_blocker.unblock():
        for section in sections():
            if section.name in SECTIONS:
                section.load(read_section(section, root=root), Loading(root, "law", AT))
        connection.close()
    yield
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        connection.close()


@pytest.fixture
def world(texts: None, db: None) -> World:
    """A site group of three sites with people for each step."""
    return make_world()
