"""Rows written and read with ready statements are the rows Django knows."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction

from tongban.foundation.rows.statements import insert, insert_once, load, update

pytestmark = pytest.mark.django_db


def _kind(name: str) -> ContentType:
    return ContentType(app_label="rows", model=name)


def test_new_rows_get_their_keys_in_order() -> None:
    rows = [_kind("first"), _kind("second"), _kind("third")]
    assert insert(rows) == 3
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    assert list(ContentType.objects.filter(app_label="rows").order_by("pk").values_list("model", flat=True)) == [
        "first",
        "second",
        "third",
    ]
    assert not rows[0]._state.adding


def test_nothing_to_write_is_no_statement() -> None:
    assert insert([]) == 0


def test_a_row_already_there_is_left_alone_and_said() -> None:
    assert insert_once(_kind("only"))
    again = _kind("only")
    assert not insert_once(again)
    assert again.pk is None
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([_kind("only")])


def test_rows_come_back_as_django_reads_them() -> None:
    insert([_kind("a"), _kind("b")])
    assert load(ContentType, "app_label = %s AND model <> %s", "rows", "x") == list(
        ContentType.objects.filter(app_label="rows").order_by("pk")
    )


def test_a_field_left_out_is_read_when_asked_for() -> None:
    insert([_kind("late")])
    (row,) = load(ContentType, "app_label = %s", "rows", without=("model",))
    assert row.get_deferred_fields() == {"model"}
    assert row.model == "late"


def test_an_update_writes_only_the_fields_named() -> None:
    row = _kind("before")
    insert([row])
    row.app_label, row.model = "other", "after"
    update(row, ["model"])
    row.refresh_from_db()
    assert (row.app_label, row.model) == ("rows", "after")


def test_a_row_that_is_gone_is_not_updated_in_silence() -> None:
    row = _kind("gone")
    insert([row])
    ContentType.objects.filter(pk=row.pk).delete()
    with pytest.raises(RuntimeError, match="0 rows instead of 1"):
        update(row, ["model"])
