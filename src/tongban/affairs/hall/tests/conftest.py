from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tongban.affairs.hall.tests.province import Province, build
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
def province(law: None, db: None, settings: Any, tmp_path: Path) -> Province:
    """One county of the demonstration province with the real items that the tests apply for."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})
    return build()
