"""Writes that are sent on without waiting are there when anyone looks, and their mistakes are said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tongban.foundation.rows.running import ask, streaming
from tongban.foundation.rows.statements import Read, insert, load, load_together, update, update_all, write

pytestmark = pytest.mark.django_db


def _kind(name: str) -> ContentType:
    return ContentType(app_label="stream", model=name)


def _written(*names: str, then: Callable[[], object] = lambda: None) -> None:
    with transaction.atomic(), streaming():
        for name in names:
            write([_kind(name)])
        then()


def test_what_was_sent_is_seen_by_every_read() -> None:
    with transaction.atomic(), streaming():
        write([_kind("a"), _kind("b")])
        assert ContentType.objects.filter(app_label="stream").count() == 2
        write([_kind("c")])
        assert ask("SELECT count(*) FROM django_content_type WHERE app_label = 'stream'") == [(3,)]
        write([_kind("d")])
        assert len(load(ContentType, "app_label = %s", "stream")) == 4
        write([_kind("e")])
        first, none = load_together(
            Read(ContentType, "app_label = %s", ("stream",)), Read(ContentType, "app_label = %s", ("nobody",))
        )
        assert (len(first), none) == (5, [])
    assert ContentType.objects.filter(app_label="stream").count() == 5


def test_a_mistake_is_said_at_the_end_at_the_latest_and_nothing_stays() -> None:
    insert([_kind("only")])
    with pytest.raises(IntegrityError):
        _written("fine", "only", "after")
    assert ContentType.objects.filter(app_label="stream").count() == 1


def test_a_mistake_is_said_before_the_next_statement_of_django() -> None:
    insert([_kind("only")])
    with pytest.raises(IntegrityError):
        _written("only", then=lambda: pytest.fail(f"{ContentType.objects.count()} rows and no mistake"))


def test_what_goes_wrong_in_between_is_what_is_raised() -> None:
    insert([_kind("only")])
    with pytest.raises(LookupError):
        _written("only", then=lambda: {}["nothing"])
    assert ask("SELECT 1") == [(1,)]


def test_a_row_that_is_gone_is_noticed() -> None:
    rows = [_kind(name) for name in "abcde"]
    insert(rows)
    ContentType.objects.filter(pk=rows[0].pk).delete()
    with pytest.raises(RuntimeError, match="0 rows instead of 1"), transaction.atomic(), streaming():
        update(rows[0], ["model"])
    with pytest.raises(RuntimeError, match="4 rows instead of 5"), transaction.atomic(), streaming():
        update_all(rows, ["model"])


def test_a_listener_hears_each_statement() -> None:
    with CaptureQueriesContext(connection) as heard, transaction.atomic(), streaming():
        write([_kind("a")])
        write([_kind("b")])
        load_together(Read(ContentType, "id = %s", (1,)), Read(ContentType, "id = %s", (2,)))
    assert len([query for query in heard if query["sql"].startswith(("INSERT", "SELECT"))]) == 4
