"""Reads and writes rows with SQL text made once per model.

Everything runs in the present transaction of the default connection. Values pass through the fields as always (encrypted
texts, JSON, dates). Signals, relations of many to many and inherited tables are not served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, models
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models.expressions import Col

M = TypeVar("M", bound=models.Model)
SEEN_OFTEN, MOST_PREPARED = 3, 400
"""After how many times a statement is prepared, and how many a connection keeps."""

Convert = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A model's table as statements need it."""

    table: str
    key: str
    names: tuple[str, ...]
    selected: str
    converters: tuple[tuple[int, tuple[Convert, ...], Any], ...]
    written: tuple[Any, ...]
    automatic: bool


@cache
def _shape(model: type[models.Model], without: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> _Shape:
    meta = model._meta  # noqa: SLF001 - Django's documented API for fields
    if meta.parents:
        msg = f"{model.__name__} has inherited columns"
        raise TypeError(msg)
    quote = connection.ops.quote_name
    read = [
        field
        for field in meta.concrete_fields
        if field.primary_key or (field.name not in without and (not only or field.name in only))
    ]
    converters = []
    for index, field in enumerate(read):
        column: Any = Col(meta.db_table, field)
        found = (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        if found:
            converters.append((index, found, column))
    key: Any = meta.pk
    return _Shape(
        table=quote(meta.db_table),
        key=quote(key.column),
        names=tuple(field.attname for field in read),
        selected=", ".join(quote(str(field.column)) for field in read),
        converters=tuple(converters),
        written=tuple(field for field in meta.concrete_fields if not field.generated),
        automatic=isinstance(key, models.AutoField),
    )


@contextmanager
def ready() -> Iterator[Any]:
    """Give a cursor whose statements the server keeps prepared once it has seen them a few times.

    For statements that recur with every case: the server need not read and plan them again. A pooler between the platform
    and the server that does not know prepared statements needs ``TONGBAN_DATABASE_PREPARE=false``.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw: Any = connection.connection
    if raw.prepare_threshold is None and settings.OPTIONS.database_prepare:
        raw.prepare_threshold, raw.prepared_max = SEEN_OFTEN, MOST_PREPARED
    cursor_of: Any = ServerBindingCursor
    with connection._prepare_cursor(cursor_of(raw)) as cursor:  # type: ignore[attr-defined]  # noqa: SLF001
        yield cursor


def load(
    model: type[M], where: str, *values: Any, without: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> list[M]:
    """Return the rows that fulfil a condition, in the order of their keys.

    :param where: SQL with ``%s`` for each value, made of constants of the code only
    :param without: names of fields that are left unread (each is read when it is first asked for)
    :param only: names of the fields to read; the others are left unread
    """
    return _load(model, _shape(model, without, only), where, values)


def lock(model: type[M], where: str, *values: Any) -> list[M]:
    """Return the rows as :func:`load` does, locked until the transaction ends."""
    return _load(model, _shape(model), where, values, tail=" FOR UPDATE")


def _load(model: type[M], shape: _Shape, where: str, values: Sequence[Any], *, tail: str = "") -> list[M]:
    sql = f"SELECT {shape.selected} FROM {shape.table} WHERE {where} ORDER BY {shape.key}{tail}"  # noqa: S608
    with ready() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    if shape.converters:
        found = [_converted(shape, list(row)) for row in found]
    return [model.from_db(connection.alias, shape.names, row) for row in found]


def _converted(shape: _Shape, row: list[Any]) -> list[Any]:
    for index, converters, column in shape.converters:
        for convert in converters:
            row[index] = convert(row[index], column, connection)
    return row


@cache
def _inserting(model: type[models.Model], *, keyed: bool) -> tuple[str, str, tuple[Any, ...]]:
    """Return the statement's head, the placeholders of one row, and the fields in their order."""
    shape = _shape(model)
    fields = tuple(field for field in shape.written if keyed or not field.primary_key)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    head = f"INSERT INTO {shape.table} ({columns}) VALUES "  # noqa: S608 - names come from the model
    return head, f"({', '.join(['%s'] * len(fields))})", fields


def insert(rows: Sequence[models.Model], *, tail: str = "") -> int:
    """Write new rows of one model in one statement; keys that the database gives are set. Return how many were written.

    :param tail: an ``ON CONFLICT`` clause; rows that it leaves out stay unsaved (one row at a time then)
    """
    if not rows:
        return 0
    model = type(rows[0])
    shape = _shape(model)
    keyed = not (shape.automatic and rows[0].pk is None)
    head, one, fields = _inserting(model, keyed=keyed)
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)  # noqa: FBT003 - Django's signature
        for row in rows
        for field in fields
    ]
    sql = f"{head}{', '.join([one] * len(rows))}{tail} RETURNING {shape.key}"
    with ready() as cursor:
        cursor.execute(sql, values)
        keys = cursor.fetchall()
    if len(keys) == len(rows):
        for row, (key,) in zip(rows, keys, strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001
    return len(keys)


def insert_once(row: models.Model) -> bool:
    """Write a new row unless a unique constraint finds one already there; tell whether it was written.

    Waits for another transaction that is writing the same one.
    """
    return insert([row], tail=" ON CONFLICT DO NOTHING") == 1


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    shape = _shape(model)
    meta = model._meta  # noqa: SLF001
    fields: tuple[Any, ...] = tuple(meta.get_field(name) for name in names)
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    return f"UPDATE {shape.table} SET {changes} WHERE {shape.key} = %s", fields  # noqa: S608


def update(row: models.Model, names: Sequence[str]) -> None:
    """Write fields of a saved row.

    :param names: field names (foreign keys by their field's name)
    :raises RuntimeError: if the row is gone
    """
    sql, fields = _updating(type(row), tuple(names))
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]  # noqa: FBT003
    with ready() as cursor:
        cursor.execute(sql, [*values, row.pk])
        if cursor.rowcount != 1:
            msg = f"{type(row).__name__} {row.pk} is gone"
            raise RuntimeError(msg)
