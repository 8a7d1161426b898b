from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tongban.affairs.supervision.loading import load_rules
from tongban.engines.cases.tests import factories
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections


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
def world(law: None, db: None) -> factories.World:
    """Units, people and the law."""
    return factories.world()


@pytest.fixture
def watched(world: factories.World) -> factories.World:
    """The same with the rules of supervision."""
    root = settings.PROJECT_ROOT / "packs" / "law"
    section = next(each for each in sections() if each.name == "supervision")
    load_rules(read_section(section, root=root), Loading(root, "law", factories.at("2026-01-01")))
    return world
