from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tongban.affairs.surveys.tests.world import Talks, make_talks
from tongban.engines.publishing.tests.conftest import SECTIONS, TABLES
from tongban.engines.publishing.tests.world import AT
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections


@pytest.fixture(scope="package")
def law(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Calendars, limits and texts, loaded once for these tests and taken away after them."""
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
def talks(law: None, db: None) -> Talks:
    """A site with columns for surveys, consultations and interviews."""
    return make_talks()
