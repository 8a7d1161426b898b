"""Reads everything a page needs in one statement, past cursors and pools: one round trip, one snapshot.

Each :class:`Part` is a query of one JSON value. Several are put into one statement, which the server keeps prepared; a statement
sees one moment of the database, so no transaction is needed around it. Inside a transaction it runs there.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import connection, models
from psycopg import pq

from tongban.foundation.rows.shapes import made, shape_of
from tongban.foundation.rows.statements import ready

_NAMED = re.compile(r"%\((\w+)\)s")


class Part(NamedTuple):
    """Something to read.

    :param sql: a query of one JSON value; each ``%(name)s`` in it says its type (``%(at)s::timestamptz``)
    :param values: what the names stand for; parts that are read together mean the same by the same name
    :param read: turns the value (None for no rows) into what the caller wants
    """

    sql: str
    values: Mapping[str, Any]
    read: Callable[[Any], Any]


class _Statement(NamedTuple):
    name: bytes
    raw: bytes
    mapped: str
    order: tuple[str, ...]


@lru_cache(maxsize=256)
def _statement(texts: tuple[str, ...]) -> _Statement:
    order: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return f"${order.setdefault(found[1], len(order) + 1)}"

    whole = "SELECT " + ", ".join(f"({text})::text" for text in texts)
    raw = _NAMED.sub(numbered, whole)
    return _Statement(f"at_once_{abs(hash(raw)):x}".encode(), raw.encode(), whole, tuple(order))


def _written(value: Any) -> str | None:
    """Return a value as the database reads it."""
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value)


class Line(threading.local):
    """A connection of each thread for such statements, without a pool and without a transaction."""

    raw: psycopg.Connection | None = None
    prepared: frozenset[bytes] = frozenset()

    def open(self) -> pq.abc.PGconn:
        """Return the connection."""
        if self.raw is None:
            values = connection.get_connection_params()
            self.raw = psycopg.connect(**{**values, "autocommit": True})
            self.raw.execute("SET TIME ZONE 'UTC'")
            self.prepared = frozenset()
        return self.raw.pgconn

    def drop(self) -> None:
        """Close the connection; the next statement opens one anew."""
        if self.raw is not None:
            self.raw.close()
            self.raw = None

    def run(self, name: bytes, sql: bytes, values: Sequence[bytes | None]) -> pq.abc.PGresult:
        """Execute a statement, prepared where the installation prepares; once more on a new connection if that fails.

        :raises psycopg.OperationalError: if it fails twice
        """
        why = ""
        for _try in range(2):
            try:
                found = self._execute(name, sql, values)
            except psycopg.Error as wrong:
                why = str(wrong)
            else:
                if found.status == pq.ExecStatus.TUPLES_OK:
                    return found
                why = found.error_message.decode(errors="replace")
            self.drop()
        raise psycopg.OperationalError(why)

    def _execute(self, name: bytes, sql: bytes, values: Sequence[bytes | None]) -> pq.abc.PGresult:
        line = self.open()
        if not settings.OPTIONS.database_prepare:
            return line.exec_params(sql, values)
        if name not in self.prepared:
            done = line.prepare(name, sql)
            if done.status != pq.ExecStatus.COMMAND_OK:
                return done
            self.prepared |= {name}
        return line.exec_prepared(name, values)  # type: ignore[arg-type]  # None is a null


LINE = Line()


def hang_up() -> None:
    """Close this thread's own connection; for threads that end."""
    LINE.drop()


def at_once(*parts: Part) -> list[Any]:
    """Return what parts read, all from one snapshot.

    :raises psycopg.OperationalError: if the database cannot be asked
    """
    statement = _statement(tuple(part.sql for part in parts))
    values: dict[str, Any] = {}
    for part in parts:
        values.update(part.values)
    texts = [_written(values[name]) for name in statement.order]
    found: Sequence[Any]
    if connection.in_atomic_block:
        with ready() as cursor:
            cursor.execute(statement.mapped, dict(zip(statement.order, texts, strict=True)))
            found = cursor.fetchone()
    else:
        answer = LINE.run(statement.name, statement.raw, [None if one is None else one.encode() for one in texts])
        found = [answer.get_value(0, place) for place in range(len(parts))]
    return [part.read(None if text is None else json.loads(text)) for part, text in zip(parts, found, strict=True)]


class Rows(NamedTuple):
    """How rows of a model come through JSON.

    :param sql: an expression that gives a row as an array; the table goes by the name in it
    """

    sql: str
    make: Callable[[Sequence[Any]], Any]


def rows_of(model: type[models.Model], name: str, *, without: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> Rows:
    """Return how rows of a model are written and read.

    :param name: what the query calls the table
    :param without: names of fields that are left unread (each is read when it is first asked for)
    :param only: names of the fields to read; the others are left unread
    """
    shape = shape_of(model, without, only)
    fields: list[Any] = [model._meta.get_field(field) for field in shape.names]  # noqa: SLF001
    written = [
        f"{name}.{column}" + ("::text" if isinstance(field, models.JSONField) else "")
        for field, column in zip(fields, shape.columns, strict=True)
    ]
    readers = [
        (place, dt.datetime.fromisoformat if isinstance(field, models.DateTimeField) else dt.date.fromisoformat)
        for place, field in enumerate(fields)
        if isinstance(field, models.DateField)
    ]

    def make(values: Sequence[Any]) -> Any:
        row = list(values)
        for place, reader in readers:
            if row[place] is not None:
                row[place] = reader(row[place])
        return made(shape, [tuple(row)])[0]

    return Rows(f"json_build_array({', '.join(written)})", make)
