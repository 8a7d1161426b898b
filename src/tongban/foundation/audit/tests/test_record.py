from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection, transaction

from tongban.foundation.audit.actions import record
from tongban.foundation.audit.models import AuditEvent, AuditPending, AuditStream
from tongban.foundation.audit.queries import history, verify
from tongban.foundation.audit.rules import GENESIS, UnrecordableError

AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)


def add(stream: str = "case:1", kind: str = "case.accepted", **data: object) -> AuditEvent:
    return record(stream=stream, kind=kind, actor="account:1", at=AT, data=data)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_each_event_names_the_one_before() -> None:
    first, second = add(n=1), add(n=2)
    assert bytes(first.prev) == GENESIS
    assert bytes(second.prev) == bytes(first.hash)
    assert [event.data for event in history("case:1")] == [{"n": 1}, {"n": 2}]
    assert verify().whole


@pytest.mark.django_db
def test_what_record_returns_is_what_the_table_holds() -> None:
    made = add(text="准予许可")
    kept = AuditEvent.objects.get(pk=made.pk)
    assert (kept.stream_id, kept.seq, kept.at, kept.kind, kept.alg) == ("case:1", 1, AT, "case.accepted", "sha256")
    assert kept.content["at"] == "2026-11-21T09:30:00.000000+00:00"
    assert kept.actor == "account:1"


@pytest.mark.django_db
def test_every_event_waits_to_be_sealed() -> None:
    made = add()
    assert AuditPending.objects.get().event_id == made.pk


@pytest.mark.django_db
def test_recording_costs_two_statements_and_three_for_a_new_stream(django_assert_num_queries: object) -> None:
    with transaction.atomic():
        with django_assert_num_queries(3, exact=True):  # type: ignore[operator]
            _inside()
        with django_assert_num_queries(2, exact=True):  # type: ignore[operator]
            _inside()


def _inside() -> None:
    from tongban.foundation.audit.actions import append

    append(stream="case:9", kind="k", actor="a", at=AT, data={})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"fee": 1.5}, "data.fee"),
        ({"a": {"b": [1, {"c": 0.1}]}}, "data.a.b[1].c"),
        ({"day": AT}, "data.day"),
        ({"a": {1: "x"}}, "data.a"),
        ({"a": "\ud800"}, "data.a"),
        ({"a": b"raw"}, "data.a"),
    ],
)
def test_what_has_no_single_form_is_refused_with_its_place(data: dict[str, object], place: str) -> None:
    with pytest.raises(UnrecordableError) as refused:
        record(stream="case:1", kind="k", actor="a", at=AT, data=data)  # type: ignore[arg-type]
    assert str(refused.value).startswith(place)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(UnrecordableError):
        record(stream="case:1", kind="k", actor="a", at=dt.datetime(2026, 1, 1), data={})  # noqa: DTZ001


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET kind = 'x'",
        "DELETE FROM audit_auditpending; DELETE FROM audit_auditevent",
        "DELETE FROM audit_auditstream",
        "UPDATE audit_auditstream SET seq = seq - 1",
        "UPDATE audit_auditstream SET head = 'x'",
        "UPDATE audit_auditstream SET name = 'x'",
    ],
)
def test_the_database_refuses_to_change_the_record(statement: str) -> None:
    add()
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditstream", "audit_auditpending"])
def test_the_database_refuses_to_empty_the_record(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_auditevent, audit_auditstream, audit_auditpending")


@pytest.mark.django_db
def test_an_act_that_is_rolled_back_leaves_no_record() -> None:
    add()
    with transaction.atomic():
        add()
        transaction.set_rollback(True)
    add()
    assert [event.seq for event in history("case:1")] == [1, 2]
    assert verify().whole


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_whole_chain() -> None:
    failures: list[BaseException] = []

    def write(worker: int) -> None:
        try:
            for n in range(10):
                with transaction.atomic():
                    add(stream="case:shared", worker=worker, n=n)
        except BaseException as failure:  # noqa: BLE001
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert verify().events == 40
    assert verify().whole
    assert AuditStream.objects.get().seq == 40
