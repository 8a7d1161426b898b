"""What a process keeps of slow tables is never older than the database."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.foundation.rows.kept import VERSION, kept
from tongban.foundation.rows.running import ask
from tongban.foundation.rows.stamps import declare_table, once, stamp

pytestmark = pytest.mark.django_db
TABLE = "django_content_type"
declare_table("tests.kinds", TABLE)


def _version(key: int) -> str:
    return str(ask(f"SELECT {VERSION} FROM {TABLE} WHERE id = %s", key)[0][0])  # noqa: S608 - constants


def test_a_row_is_read_once_until_it_changes() -> None:
    row = ContentType.objects.create(app_label="kept", model="before")
    first = kept(ContentType, row.pk, _version(row.pk))
    version = _version(row.pk)
    with CaptureQueriesContext(connection) as heard:
        again = kept(ContentType, row.pk, version)
    assert (again, again.model, len(heard)) == (first, "before", 0)
    assert again is not first
    ContentType.objects.filter(pk=row.pk).update(model="after")
    assert kept(ContentType, row.pk, _version(row.pk)).model == "after"


def test_without_a_version_the_row_is_read() -> None:
    row = ContentType.objects.create(app_label="kept", model="before")
    kept(ContentType, row.pk, None)
    ContentType.objects.filter(pk=row.pk).update(model="after")
    assert kept(ContentType, row.pk, None).model == "after"


def test_a_row_that_is_not_there_is_said() -> None:
    with pytest.raises(ContentType.DoesNotExist):
        kept(ContentType, -1, "1(0,1)")


def test_a_stamp_changes_with_any_row_and_holds_for_one_act() -> None:
    row = ContentType.objects.create(app_label="kept", model="before")
    before = stamp("tests.kinds")
    assert stamp("tests.kinds") == before
    with once():
        assert stamp("tests.kinds") == before
        ContentType.objects.filter(pk=row.pk).update(model="after")
        assert stamp("tests.kinds") == before
    changed = stamp("tests.kinds")
    assert changed != before
    row.delete()
    assert stamp("tests.kinds") not in (before, changed)
