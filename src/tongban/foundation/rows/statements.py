"""Reads and writes rows with SQL text made once per model.

Everything runs in the present transaction of the default connection. Values pass through the fields as always (encrypted
texts, JSON, dates). Signals, relations of many to many and inherited tables are not served.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models.base import ModelState
from django.db.models.expressions import Col, DatabaseDefault
from django.db.models.query_utils import DeferredAttribute
from psycopg import adapters as psycopg_adapters
from psycopg.pq import Format
from psycopg.types.numeric import Int8

M = TypeVar("M", bound=models.Model)
SEEN_OFTEN, MOST_PREPARED = 3, 400
"""After how many times a statement is prepared, and how many a connection keeps."""

Convert = Callable[[Any, Any, Any], Any]
VERSION = "xmin::text || ctid::text"
"""SQL for the version of a row: it changes whenever the row is written, whoever writes it."""

_cursors: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's table as statements need it."""

    model: type[models.Model]
    table: str
    key: str
    names: tuple[str, ...]
    columns: tuple[str, ...]
    converters: tuple[tuple[int, tuple[Convert, ...], Any], ...]
    written: tuple[Any, ...]
    automatic: bool
    simple: bool
    """Whether an instance may be made without the model's constructor: no field puts anything of its own on it."""

    @property
    def selected(self) -> str:
        """Return the columns as a statement names them."""
        return ", ".join(self.columns)


@cache
def shape_of(model: type[models.Model], without: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> Shape:
    """Return a model's table, with the fields to read.

    :param without: names of fields that are left unread
    :param only: names of the fields to read; the others are left unread
    """
    meta = model._meta  # noqa: SLF001 - Django's documented API for fields
    if meta.parents:
        msg = f"{model.__name__} has inherited columns"
        raise TypeError(msg)
    held = connections[DEFAULT_DB_ALIAS]
    quote = held.ops.quote_name
    read = [
        field
        for field in meta.concrete_fields
        if field.primary_key or (field.name not in without and (not only or field.name in only))
    ]
    converters = []
    for index, field in enumerate(read):
        column: Any = Col(meta.db_table, field)
        found = (*held.ops.get_db_converters(column), *column.get_db_converters(held))
        if found:
            converters.append((index, found, column))
    key: Any = meta.pk
    described = all(issubclass(field.descriptor_class, DeferredAttribute) for field in meta.concrete_fields)
    plain = all(getattr(model, name) is getattr(models.Model, name) for name in ("__init__", "__setattr__"))
    return Shape(
        model=model,
        table=quote(meta.db_table),
        key=quote(key.column),
        names=tuple(field.attname for field in read),
        columns=tuple(quote(str(field.column)) for field in read),
        converters=tuple(converters),
        written=tuple(field for field in meta.concrete_fields if not field.generated),
        automatic=isinstance(key, models.AutoField),
        simple=described and plain and model.from_db.__func__ is models.Model.from_db.__func__,  # type: ignore[attr-defined]
    )


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


def watched(held: Any) -> bool:
    """Tell whether someone listens to each statement, so that it has to take Django's own way."""
    return bool(held.execute_wrappers) or bool(held.queries_logged)


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
    found: list[tuple[Any, ...]] = _run(sql, values).fetchall()
    return found


def do(sql: str, *values: Any) -> int:
    """Execute a ready statement; return how many rows it touched."""
    return int(_run(sql, values).rowcount)


class Read(NamedTuple):
    """One of several reads that are sent together; as for :func:`load`."""

    model: type[models.Model]
    where: str
    values: tuple[Any, ...]
    without: tuple[str, ...] = ()


def load(
    model: type[M], where: str, *values: Any, without: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> list[M]:
    """Return the rows that fulfil a condition, in the order of their keys.

    :param where: SQL with ``%s`` for each value, made of constants of the code only
    :param without: names of fields that are left unread (each is read when it is first asked for)
    :param only: names of the fields to read; the others are left unread
    """
    shape = shape_of(model, without, only)
    return made(shape, ask(_selecting(shape, where, ""), *values))


def lock(model: type[M], key: Any, *beside: str) -> tuple[M, list[Any]] | None:
    """Return a row, locked until the transaction ends, and further values read with it; None if it is gone.

    :param beside: scalar queries that name the row's table by the model's table name, made of constants of the code only
    """
    shape = shape_of(model)
    for row in ask(_locking(shape, beside), key):
        width = len(shape.names)
        return made(shape, [row[:width]])[0], list(row[width:])
    return None


@cache
def _locking(shape: Shape, beside: tuple[str, ...]) -> str:
    columns = ", ".join([*(f"{shape.table}.{column}" for column in shape.columns), *(f"({each})" for each in beside)])
    return f"SELECT {columns} FROM {shape.table} WHERE {shape.table}.{shape.key} = %s FOR UPDATE"  # noqa: S608


def load_together(*reads: Read) -> list[list[Any]]:
    """Return the rows of several reads, all of them sent before the first answer is awaited."""
    shapes = [shape_of(read.model, read.without) for read in reads]
    texts = [_selecting(shape, read.where, "") for shape, read in zip(shapes, reads, strict=True)]
    held = _connected()
    if len(reads) < 2 or watched(held):
        answers = [ask(sql, *read.values) for sql, read in zip(texts, reads, strict=True)]
    else:
        held.validate_no_broken_transaction()
        with held.wrap_database_errors, held.connection.pipeline():
            cursors = [new_cursor(held.connection) for _read in reads]
            for cursor, sql, read in zip(cursors, texts, reads, strict=True):
                cursor.execute(sql, read.values)
            answers = [cursor.fetchall() for cursor in cursors]
    return [made(shape, rows) for shape, rows in zip(shapes, answers, strict=True)]


@cache
def _selecting(shape: Shape, where: str, tail: str) -> str:
    return f"SELECT {shape.selected} FROM {shape.table} WHERE {where} ORDER BY {shape.key}{tail}"  # noqa: S608


def made(shape: Shape, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Return instances of the model with the values that were read."""
    return [instance(shape, values_of(shape, list(row)) if shape.converters else row) for row in rows]


def instance(shape: Shape, values: Sequence[Any]) -> Any:
    """Return an instance with converted values. No signal is sent."""
    model: Any = shape.model
    if not shape.simple:
        return model.from_db(DEFAULT_DB_ALIAS, shape.names, values)
    row = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    held = row.__dict__
    held["_state"] = state
    held.update(zip(shape.names, values, strict=True))
    return row


def values_of(shape: Shape, row: list[Any]) -> list[Any]:
    """Return the values of a row just read as the model's fields have them."""
    held = connections[DEFAULT_DB_ALIAS]
    for index, converters, column in shape.converters:
        for convert in converters:
            row[index] = convert(row[index], column, held)
    return row


Prepare = Callable[[models.Model], Any]


@cache
def prepared(field: Any, *, adding: bool) -> Prepare:
    """Return what gives a row's value of a field as the database takes it.

    Values of the field's very type go straight through; everything else takes the field's own way.
    """
    held = connections[DEFAULT_DB_ALIAS]
    name = field.attname
    asked = type(field).pre_save is not models.Field.pre_save and (
        getattr(field, "auto_now", True) or getattr(field, "auto_now_add", True)
    )
    target = field.target_field if field.remote_field is not None else field
    kind, direct = _direct(target)
    wrap = {**held.ops.integerfield_type_map, "BigAutoField": Int8}.get(target.get_internal_type())

    def slow(row: models.Model) -> Any:
        value = field.pre_save(row, adding)
        if isinstance(value, DatabaseDefault):
            value = _database_default(field)
            setattr(row, name, value)
        return field.get_db_prep_save(value, held)

    def quick(row: models.Model) -> Any:
        value = row.__dict__.get(name, field)
        if value is None:
            return None
        if type(value) is kind and direct(value):
            return wrap(value) if wrap is not None else value
        return slow(row)

    return slow if kind is None or asked else quick


def _database_default(field: Any) -> Any:
    """Return the constant that a column has by default in the database.

    :raises TypeError: if the database computes it
    """
    value = field.db_default
    if isinstance(value, models.Value):
        return value.value
    if hasattr(value, "resolve_expression"):
        msg = f"the database computes {field.name}; set it"
        raise TypeError(msg)
    return value


_KINDS: dict[type[Any], type[Any]] = {
    models.CharField: str, models.TextField: str, models.BooleanField: bool, models.DateField: dt.date,
    models.DateTimeField: dt.datetime, models.UUIDField: uuid.UUID, models.SmallIntegerField: int,
    models.IntegerField: int, models.BigIntegerField: int, models.PositiveSmallIntegerField: int,
    models.PositiveIntegerField: int, models.PositiveBigIntegerField: int, models.BigAutoField: int,
}  # fmt: skip


def _direct(field: Any) -> tuple[type[Any] | None, Callable[[Any], bool]]:
    """Return the type whose values a field hands on unchanged, and what else they must fulfil."""
    kind = _KINDS.get(type(field))
    if kind is dt.datetime:
        return kind, lambda value: value.tzinfo is not None
    return kind, lambda _value: True


@cache
def _inserting(model: type[models.Model], *, keyed: bool) -> tuple[str, str, tuple[Prepare, ...]]:
    """Return the statement's head, the placeholders of one row, and what gives the values in their order."""
    shape = shape_of(model)
    fields = tuple(field for field in shape.written if keyed or not field.primary_key)
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    head = f"INSERT INTO {shape.table} ({columns}) VALUES "  # noqa: S608 - names come from the model
    return head, f"({', '.join(['%s'] * len(fields))})", tuple(prepared(field, adding=True) for field in fields)


def insert(rows: Sequence[models.Model], *, tail: str = "") -> int:
    """Write new rows of one model in one statement; keys that the database gives are set. Return how many were written.

    :param tail: an ``ON CONFLICT`` clause; rows that it leaves out stay unsaved (one row at a time then)
    """
    if not rows:
        return 0
    model = type(rows[0])
    shape = shape_of(model)
    keyed = not (shape.automatic and rows[0].pk is None)
    head, one, fields = _inserting(model, keyed=keyed)
    values = [value_of(row) for row in rows for value_of in fields]
    keys = ask(f"{head}{', '.join([one] * len(rows))}{tail} RETURNING {shape.key}", *values)
    if len(keys) == len(rows):
        for row, (key,) in zip(rows, keys, strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001
    return len(keys)


def insert_once(row: models.Model) -> bool:
    """Write a new row unless a unique constraint finds one already there; tell whether it was written.

    Waits for another transaction that is writing the same one.
    """
    return insert([row], tail=" ON CONFLICT DO NOTHING") == 1


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[Prepare, ...]]:
    shape = shape_of(model)
    meta = model._meta  # noqa: SLF001
    fields: tuple[Any, ...] = tuple(meta.get_field(name) for name in names)
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {shape.table} SET {changes} WHERE {shape.key} = %s"  # noqa: S608
    return sql, tuple(prepared(field, adding=False) for field in fields)


def update(row: models.Model, names: Sequence[str]) -> None:
    """Write fields of a saved row.

    :param names: field names (foreign keys by their field's name)
    :raises RuntimeError: if the row is gone
    """
    sql, fields = _updating(type(row), tuple(names))
    if do(sql, *[value_of(row) for value_of in fields], row.pk) != 1:
        msg = f"{type(row).__name__} {row.pk} is gone"
        raise RuntimeError(msg)


@cache
def _updating_all(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[Prepare, ...]]:
    held = connections[DEFAULT_DB_ALIAS]
    shape = shape_of(model)
    meta = model._meta  # noqa: SLF001
    fields: tuple[Any, ...] = tuple(meta.get_field(name) for name in names)
    columns = [held.ops.quote_name(field.column) for field in fields]
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{field.db_type(held)}[]" for field in fields)])
    changes = ", ".join(f"{column} = new.{column}" for column in columns)
    sql = (
        f"UPDATE {shape.table} AS old SET {changes} "  # noqa: S608 - names come from the model, values are bound
        f"FROM unnest({arrays}) AS new(key, {', '.join(columns)}) WHERE old.{shape.key} = new.key"
    )
    return sql, tuple(prepared(field, adding=False) for field in fields)


def update_all(rows: Sequence[models.Model], names: Sequence[str]) -> int:
    """Write fields of saved rows of one model, each with its own values, in one statement; return how many were written.

    :param names: field names (foreign keys by their field's name)
    """
    if not rows:
        return 0
    if len(rows) == 1:
        sql, fields = _updating(type(rows[0]), tuple(names))
        return do(sql, *[value_of(rows[0]) for value_of in fields], rows[0].pk)
    sql, fields = _updating_all(type(rows[0]), tuple(names))
    return do(sql, [row.pk for row in rows], *[[value_of(row) for row in rows] for value_of in fields])
