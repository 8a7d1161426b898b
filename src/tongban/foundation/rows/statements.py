"""Reads and writes rows with SQL text made once per model.

Everything runs in the present transaction of the default connection. Values pass through the fields as always (encrypted
texts, JSON, dates). Signals, relations of many to many and inherited tables are not served.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg.types.numeric import Int8

from tongban.foundation.rows import stamps
from tongban.foundation.rows.running import ask, ask_together, ready, send
from tongban.foundation.rows.shapes import Prepare, Shape, made, prepared, shape_of

__all__ = ["Read", "insert", "insert_once", "load", "load_together", "lock", "ready", "update", "update_all", "write"]

M = TypeVar("M", bound=models.Model)
FEW = 3
"""Up to how many rows are updated one by one: the server then has less to plan than for a joint statement."""


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
    """Return the rows of several reads, all of them sent before the first answer is awaited; so are the stamps."""
    shapes = [shape_of(read.model, read.without) for read in reads]
    texts = [_selecting(shape, read.where, "") for shape, read in zip(shapes, reads, strict=True)]
    statements: list[tuple[str, Sequence[Any]]] = [(sql, read.values) for sql, read in zip(texts, reads, strict=True)]
    if stamps.wanted():
        *answers, found = ask_together([*statements, (stamps.together(), ())])
        stamps.learn(found[0])
    else:
        answers = ask_together(statements)
    return [made(shape, rows) for shape, rows in zip(shapes, answers, strict=True)]


@cache
def _selecting(shape: Shape, where: str, tail: str) -> str:
    return f"SELECT {shape.selected} FROM {shape.table} WHERE {where} ORDER BY {shape.key}{tail}"  # noqa: S608


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


def write(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model whose keys nobody needs; the instances stay without one."""
    if rows:
        head, one, fields = _inserting(type(rows[0]), keyed=rows[0].pk is not None)
        values = [value_of(row) for row in rows for value_of in fields]
        send(f"{head}{', '.join([one] * len(rows))}", *values, expected=len(rows))


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
    :raises RuntimeError: if the row is gone (inside :func:`streaming`, later)
    """
    sql, fields = _updating(type(row), tuple(names))
    send(sql, *[value_of(row) for value_of in fields], Int8(row.pk), expected=1)


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


def update_all(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write fields of saved rows of one model, each with its own values; many rows take one statement.

    :param names: field names (foreign keys by their field's name)
    :raises RuntimeError: if a row is gone (inside :func:`streaming`, later)
    """
    if len(rows) <= FEW:
        for row in rows:
            update(row, names)
        return
    sql, fields = _updating_all(type(rows[0]), tuple(names))
    values = [[value_of(row) for row in rows] for value_of in fields]
    send(sql, [Int8(row.pk) for row in rows], *values, expected=len(rows))
