from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tongban.engines.cases.tests import factories


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
