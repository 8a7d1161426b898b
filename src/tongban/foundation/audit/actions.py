"""The one way to record an act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from psycopg.types.numeric import Int8

from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.audit.rules import GENESIS, SHA256, body_of, hash_of
from tongban.foundation.rows.running import ask, send

_LOCK = "SELECT seq, head FROM audit_auditstream WHERE name = %s FOR UPDATE"
_BEGIN = (
    "INSERT INTO audit_auditstream (name, seq, head) VALUES (%s, 0, %s) "
    "ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING seq, head"
)
_APPEND = """
WITH event AS (
    INSERT INTO audit_auditevent (stream_id, seq, kind, at, body, prev, hash, alg)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
), pending AS (
    INSERT INTO audit_auditpending (event_id) SELECT id FROM event
)
UPDATE audit_auditstream SET seq = %s, head = %s WHERE name = %s RETURNING (SELECT id FROM event)
"""


_BEGIN_MANY = (
    "INSERT INTO audit_auditstream (name, seq, head) SELECT name, 0, %s FROM unnest(%s::text[]) AS new(name) "
    "ORDER BY name ON CONFLICT (name) DO NOTHING"
)
_LOCK_MANY = "SELECT name, seq, head FROM audit_auditstream WHERE name = ANY(%s) ORDER BY name FOR UPDATE"
_APPEND_MANY = """
WITH new AS (
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[]) AS new(name, seq, body, prev, hash)
), event AS (
    INSERT INTO audit_auditevent (stream_id, seq, kind, at, body, prev, hash, alg)
    SELECT name, seq, %s, %s, body, prev, hash, %s FROM new ORDER BY name RETURNING id
), pending AS (
    INSERT INTO audit_auditpending (event_id) SELECT id FROM event
)
UPDATE audit_auditstream AS held SET seq = new.seq, head = new.hash FROM new WHERE held.name = new.name
"""


def record(
    *, stream: str, kind: str, actor: str, at: dt.datetime, data: Mapping[str, object] | None = None
) -> AuditEvent:
    """Append an event to a stream, inside the transaction of the act it records (two statements, three for a new stream).

    The stream's row stays locked until that transaction ends, so the chain follows the order of commits. An action
    that writes to several streams takes the case's (or the account's) own stream first.

    :param stream: the subject, such as ``case:420102261121000001``, ``account:12``, ``security``
    :param kind: what happened, such as ``case.accepted``
    :param actor: ``Actor.key`` of who did it
    :param data: JSON values: names, ids, keyed digests; never raw personal data, never floats
    :raises UnrecordableError: if the data has no canonical form
    """
    with transaction.atomic():
        event, values = _next(stream, kind, actor, at, data or {})
        ((event.pk,),) = ask(_APPEND, *values)
    return event


def append(*, stream: str, kind: str, actor: str, at: dt.datetime, data: Mapping[str, object]) -> None:
    """Append as :func:`record` does, for a caller already inside ``atomic`` who needs neither savepoint nor answer."""
    _event, values = _next(stream, kind, actor, at, data)
    send(_APPEND, *values, expected=1)


def append_many(*, entries: Mapping[str, Mapping[str, object]], kind: str, actor: str, at: dt.datetime) -> None:
    """Append one event of a kind to each of many streams in three statements, for a caller already inside ``atomic``.

    The streams are locked in the order of their names.

    :param entries: the data of the event by stream
    """
    names = sorted(entries)
    if not names:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN_MANY, [GENESIS, names])
        cursor.execute(_LOCK_MANY, [names])
        heads = {name: (int(seq) + 1, bytes(head)) for name, seq, head in cursor.fetchall()}
        seqs = [heads[name][0] for name in names]
        prevs = [heads[name][1] for name in names]
        bodies = [
            body_of(stream=name, seq=heads[name][0], kind=kind, actor=actor, at=at, data=entries[name])
            for name in names
        ]
        hashes = [hash_of(prev, body) for prev, body in zip(prevs, bodies, strict=True)]
        cursor.execute(_APPEND_MANY, [names, seqs, bodies, prevs, hashes, kind, at, SHA256])


def _next(
    stream: str, kind: str, actor: str, at: dt.datetime, data: Mapping[str, object]
) -> tuple[AuditEvent, tuple[Any, ...]]:
    """Return the next event of a stream, whose row is locked, and the values that write it."""
    seq, prev = _locked_head(stream)
    seq += 1
    body = body_of(stream=stream, seq=seq, kind=kind, actor=actor, at=at, data=data)
    found = hash_of(prev, body)
    event = AuditEvent(stream_id=stream, seq=seq, kind=kind, at=at, body=body, prev=prev, hash=found, alg=SHA256)
    return event, (stream, Int8(seq), kind, at, body, prev, found, SHA256, Int8(seq), found, stream)


def _locked_head(stream: str) -> tuple[int, bytes]:
    """Lock the stream's row (making it for a new stream) and return its last sequence number and hash."""
    rows = ask(_LOCK, stream) or ask(_BEGIN, stream, GENESIS)
    return int(rows[0][0]), bytes(rows[0][1])
