"""The one way to record an act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tongban.foundation.audit.models import AuditEvent
from tongban.foundation.audit.rules import GENESIS, SHA256, body_of, hash_of
from tongban.foundation.rows.statements import ready

_LOCK = "SELECT seq, head FROM audit_auditstream WHERE name = %s FOR UPDATE"
_BEGIN = (
    "INSERT INTO audit_auditstream (name, seq, head) VALUES (%s, 0, %s) "
    "ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING seq, head"
)
_APPEND = """
WITH event AS (
    INSERT INTO audit_auditevent (stream_id, seq, kind, at, body, prev, hash, alg)
    VALUES (%(stream)s, %(seq)s, %(kind)s, %(at)s, %(body)s, %(prev)s, %(hash)s, %(alg)s) RETURNING id
), pending AS (
    INSERT INTO audit_auditpending (event_id) SELECT id FROM event
)
UPDATE audit_auditstream SET seq = %(seq)s, head = %(hash)s WHERE name = %(stream)s RETURNING (SELECT id FROM event)
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
        return append(stream=stream, kind=kind, actor=actor, at=at, data=data or {})


def append(*, stream: str, kind: str, actor: str, at: dt.datetime, data: Mapping[str, object]) -> AuditEvent:
    """Append as :func:`record` does, without a savepoint of its own: only for a caller already inside ``atomic``."""
    with ready() as cursor:
        seq, prev = _locked_head(cursor, stream)
        body = body_of(stream=stream, seq=seq + 1, kind=kind, actor=actor, at=at, data=data)
        values: dict[str, Any] = {
            "stream": stream, "seq": seq + 1, "kind": kind, "at": at, "body": body,
            "prev": prev, "hash": hash_of(prev, body), "alg": SHA256,
        }  # fmt: skip
        cursor.execute(_APPEND, values)
        (key,) = cursor.fetchone()
    return AuditEvent(
        pk=key, stream_id=stream, seq=seq + 1, kind=kind, at=at, body=body, prev=prev,
        hash=values["hash"], alg=SHA256,
    )  # fmt: skip


def _locked_head(cursor: object, stream: str) -> tuple[int, bytes]:
    """Lock the stream's row (making it for a new stream) and return its last sequence number and hash."""
    execute, fetchone = cursor.execute, cursor.fetchone  # type: ignore[attr-defined]
    execute(_LOCK, [stream])
    row = fetchone()
    if row is None:
        execute(_BEGIN, [stream, GENESIS])
        row = fetchone()
    return int(row[0]), bytes(row[1])
