from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from tongban.foundation.audit.actions import record
from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.audit.queries import verify
from tongban.foundation.audit.rules import hash_of

AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db
Run = Callable[..., None]


@pytest.fixture
def tamper() -> Iterator[Run]:
    """Act as a database administrator who has switched the triggers off."""
    for stream in ("case:1", "case:2"):
        for n in range(1, 6):
            record(stream=stream, kind="case.noted", actor="account:1", at=AT, data={"n": n, "text": "予以受理"})

    def run(statement: str, params: list[object] | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                cursor.execute(statement, params)
                assert cursor.rowcount, statement
            finally:
                cursor.execute("SET session_replication_role = origin")

    yield run
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("audit_auditpending", "audit_auditevent", "audit_auditstream"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        cursor.execute("SET session_replication_role = origin")


def found() -> list[tuple[str, int]]:
    return [(flaw.stream, flaw.seq) for flaw in verify().flaws]


def test_an_untouched_record_is_whole(tamper: Run) -> None:
    result = verify()
    assert result.whole
    assert (result.streams, result.events) == (2, 10)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "'case.decided'"),
        ("at", "at + interval '1 microsecond'"),
        ("alg", "'md5'"),
        ("alg", "'sm3'"),
        ("prev", "sha256(prev)"),
        ("hash", "sha256(hash)"),
        ("body", "body || ' '::bytea"),
        ("seq", "99"),
    ],
)
def test_a_changed_column_is_found_with_its_place(tamper: Run, column: str, value: str) -> None:
    tamper(f"UPDATE audit_auditevent SET {column} = {value} WHERE stream_id = 'case:1' AND seq = 3")  # noqa: S608
    assert found() == [("case:1", 3)]


def test_an_event_moved_to_another_stream_is_found_in_both(tamper: Run) -> None:
    tamper("UPDATE audit_auditevent SET stream_id = 'case:3' WHERE stream_id = 'case:1' AND seq = 5")
    assert found() == [("case:1", 5), ("case:3", 1)]


def test_every_changed_byte_of_an_event_is_found(tamper: Run) -> None:
    body = bytes(AuditEvent.objects.get(stream="case:1", seq=2).body)
    assert len(body) > 100
    for place in range(len(body)):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        tamper("UPDATE audit_auditevent SET body = %s WHERE stream_id = 'case:1' AND seq = 2", [changed])
        assert [(flaw.stream, flaw.seq) for flaw in verify("case:1").flaws] == [("case:1", 2)]
    tamper("UPDATE audit_auditevent SET body = %s WHERE stream_id = 'case:1' AND seq = 2", [body])
    assert verify().whole


@pytest.mark.parametrize(("seq", "place"), [(1, 1), (3, 3), (5, 5)])
def test_a_deleted_event_is_found(tamper: Run, seq: int, place: int) -> None:
    tamper("DELETE FROM audit_auditevent WHERE stream_id = 'case:1' AND seq = %s", [seq])
    assert found() == [("case:1", place)]


def test_a_deleted_tail_is_found(tamper: Run) -> None:
    tamper("DELETE FROM audit_auditevent WHERE stream_id = 'case:1' AND seq > 3")
    assert found() == [("case:1", 4)]


def test_a_stream_emptied_of_its_events_is_found(tamper: Run) -> None:
    tamper("DELETE FROM audit_auditevent WHERE stream_id = 'case:1'")
    assert found() == [("case:1", 5)]


def test_a_deleted_head_is_found(tamper: Run) -> None:
    tamper("DELETE FROM audit_auditstream WHERE name = 'case:1'")
    assert found() == [("case:1", 0)]


@pytest.mark.parametrize("value", ["seq = 4", "seq = 6", "head = sha256(head)"])
def test_a_changed_head_is_found(tamper: Run, value: str) -> None:
    tamper(f"UPDATE audit_auditstream SET {value} WHERE name = 'case:1'")  # noqa: S608
    assert [stream for stream, _seq in found()] == ["case:1"]


def test_reordered_events_are_found(tamper: Run) -> None:
    tamper("UPDATE audit_auditevent SET seq = -seq WHERE stream_id = 'case:1' AND seq IN (2, 3)")
    tamper("UPDATE audit_auditevent SET seq = 5 + seq WHERE stream_id = 'case:1' AND seq < 0")
    assert found() == [("case:1", 2)]


def test_a_forged_event_without_the_next_rehashed_is_found_at_the_next(tamper: Run) -> None:
    event = AuditEvent.objects.get(stream="case:1", seq=3)
    body = bytes(event.body).replace("予以".encode(), "不予".encode())
    forged = hash_of(bytes(event.prev), body)
    tamper("UPDATE audit_auditevent SET body = %s, hash = %s WHERE id = %s", [body, forged, event.pk])
    assert found() == [("case:1", 4)]


def test_a_chain_rehashed_to_its_end_is_found_by_the_head(tamper: Run) -> None:
    prev = b""
    for event in AuditEvent.objects.filter(stream="case:1").order_by("seq"):
        body = bytes(event.body).replace("予以".encode(), "不予".encode())
        prev = prev or bytes(event.prev)
        forged = hash_of(prev, body)
        tamper("UPDATE audit_auditevent SET body=%s, prev=%s, hash=%s WHERE id=%s", [body, prev, forged, event.pk])
        prev = forged
    assert found() == [("case:1", 5)]


def test_the_command_names_the_first_bad_event_and_fails(tamper: Run) -> None:
    tamper("UPDATE audit_auditevent SET kind = 'x' WHERE stream_id = 'case:2' AND seq = 4")
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", stderr=errors)
    assert ended.value.code == 1
    assert errors.getvalue().startswith("case:2/4: ")
    out = StringIO()
    call_command("verify_audit", "--stream", "case:1", stdout=out)
    assert out.getvalue() == "5 events in 1 streams are whole\n"
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--stream", "case:nothing", stderr=StringIO())


def test_verifying_reads_in_few_statements(tamper: Run, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(4):
        verify()
