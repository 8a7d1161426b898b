"""Runs ready statements on the default connection: kept prepared by the server, and sent on without waiting where allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import adapters as psycopg_adapters
from psycopg.pq import Format

SEEN_OFTEN, MOST_PREPARED = 3, 400
"""After how many times a statement is prepared, and how many a connection keeps."""

_cursors: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def _connected() -> Any:
    """Return Django's connection, open and with prepared statements switched on."""
    held = connections[DEFAULT_DB_ALIAS]
    held.close_if_health_check_failed()
    held.ensure_connection()
    raw: Any = held.connection
    if raw.prepare_threshold is None and settings.OPTIONS.database_prepare:
        raw.prepare_threshold, raw.prepared_max = SEEN_OFTEN, MOST_PREPARED
    return held


@contextmanager
def ready() -> Iterator[Any]:
    """Give a cursor whose statements the server keeps prepared once it has seen them a few times.

    For statements that recur with every case: the server need not read and plan them again. A pooler between the platform
    and the server that does not know prepared statements needs ``TONGBAN_DATABASE_PREPARE=false``.
    """
    held = _connected()
    cursor_of: Any = ServerBindingCursor
    with held._prepare_cursor(cursor_of(held.connection)) as cursor:  # noqa: SLF001 - as Django makes its own cursors
        yield cursor


@dataclass(slots=True)
class _Stream:
    """The statements of a connection that were sent and not answered yet."""

    held: Any
    pipeline: Any = None
    awaited: list[tuple[Any, int | None, str]] = field(default_factory=list)

    def send(self, sql: str, values: Sequence[Any], expected: int | None) -> None:
        """Send a statement on."""
        raw, cursor_of = self.held.connection, cast("Any", ServerBindingCursor)
        self.held.validate_no_broken_transaction()
        with self.held.wrap_database_errors:
            if self.pipeline is None:
                pipeline = raw.pipeline()
                pipeline.__enter__()
                self.pipeline = pipeline
            cursor = cursor_of(raw)
            cursor.execute(sql, values)
        self.awaited.append((cursor, expected, sql))

    def settle(self) -> None:
        """Wait for all answers.

        :raises django.db.Error: the first error among them
        :raises RuntimeError: if a statement touched another number of rows than it should have
        """
        pipeline, awaited = self.pipeline, self.awaited
        if pipeline is None:
            return
        self.pipeline, self.awaited = None, []
        with self.held.wrap_database_errors:
            pipeline.__exit__(None, None, None)
        for cursor, expected, sql in awaited:
            if expected is not None and cursor.rowcount != expected:
                msg = f"{cursor.rowcount} rows instead of {expected}: {sql[:120]}"
                raise RuntimeError(msg)

    def first_settle(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        """Wait for all answers before a statement that goes Django's own way."""
        self.settle()
        return execute(sql, params, many, context)


_streams: WeakKeyDictionary[Any, _Stream] = WeakKeyDictionary()


@contextmanager
def streaming() -> Iterator[None]:
    """Inside, writes of this module whose answers nobody needs are sent on without waiting for each.

    The next read, every statement of Django's own and the end of the block wait for all of them, and say what failed. Use it
    inside a transaction. When someone listens to the statements (tests that count them), each is waited for.
    """
    held = _connected()
    if held in _streams or watched(held):
        yield
        return
    stream = _streams[held] = _Stream(held)
    held.execute_wrappers.append(stream.first_settle)
    try:
        yield
        stream.settle()
    except BaseException:
        with suppress(Exception):  # what went wrong first is being raised; the transaction is lost anyway
            stream.settle()
        raise
    finally:
        held.execute_wrappers.remove(stream.first_settle)
        del _streams[held]


def watched(held: Any) -> bool:
    """Tell whether someone listens to each statement, so that it has to take Django's own way."""
    return len(held.execute_wrappers) > (held in _streams) or bool(held.queries_logged)


def _run(sql: str, values: Sequence[Any]) -> Any:
    """Execute a statement and return its cursor, of which there is one per connection: fetch before the next one."""
    held = _connected()
    raw = held.connection
    cursor = _cursors.get(raw)
    if cursor is None:
        cursor = _cursors[raw] = new_cursor(raw)
    if watched(held):
        held._prepare_cursor(cursor).execute(sql, values)  # noqa: SLF001
        return cursor
    held.validate_no_broken_transaction()
    with held.wrap_database_errors:
        cursor.execute(sql, values)
    return cursor


def send(sql: str, *values: Any, expected: int | None = None) -> None:
    """Execute a ready statement of which only its success matters; inside :func:`streaming` without waiting for it.

    :param expected: how many rows it has to touch
    :raises RuntimeError: if it touches another number (inside :func:`streaming`, later)
    """
    held = _connected()
    stream = _streams.get(held)
    if stream is not None and not watched(held):
        stream.send(sql, values, expected)
        return
    touched = _run(sql, values).rowcount
    if expected is not None and touched != expected:
        msg = f"{touched} rows instead of {expected}: {sql[:120]}"
        raise RuntimeError(msg)


def new_cursor(raw: Any) -> Any:
    """Return a cursor that reads moments with psycopg's own quick loader (aware, in UTC, as everywhere)."""
    cursor_of: Any = ServerBindingCursor
    cursor = cursor_of(raw)
    loader = psycopg_adapters.get_loader(psycopg_adapters.types["timestamptz"].oid, Format.TEXT)
    if loader is not None:
        cursor.adapters.register_loader("timestamptz", loader)
    return cursor


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a ready statement."""
    cursor = _run(sql, values)
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors:  # an answer that was not waited for yet may be an error
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def ask_together(statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[tuple[Any, ...]]]:
    """Return the rows of several ready statements, all of them sent before the first answer is awaited."""
    held = _connected()
    if len(statements) < 2 or watched(held):
        return [ask(sql, *values) for sql, values in statements]
    held.validate_no_broken_transaction()
    if held in _streams:
        _streams[held].settle()
    with held.wrap_database_errors, held.connection.pipeline():
        cursors = [new_cursor(held.connection) for _statement in statements]
        for cursor, (sql, values) in zip(cursors, statements, strict=True):
            cursor.execute(sql, values)
        return [cursor.fetchall() for cursor in cursors]
