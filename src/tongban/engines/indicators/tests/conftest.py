from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tongban.engines.indicators.tests.world import AT, Small, small
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections

SECTIONS = ("calendars", "documents", "messages", "scores")
TABLES = (
    "clock_calendarday", "clock_calendaryear", "clock_calendarstamp", "documents_documenttemplate",
    "messaging_messagetemplate", "indicators_scorescheme",
)  # fmt: skip


@pytest.fixture(scope="package")
def law(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Calendars, texts and the scheme, loaded once for these tests and taken away after them."""
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
def world(law: None, db: None) -> Small:
    """A province with two counties, their heads and reviewers, and a supervisor over all."""
    return small()
