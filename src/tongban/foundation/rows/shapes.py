"""What statements need to know of a model's table, and how values go from rows to instances and back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Col, DatabaseDefault
from django.db.models.query_utils import DeferredAttribute
from psycopg.types.numeric import Int8

Convert = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
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
    kind = None if asked else _KINDS.get(type(target))
    operations: Any = held.ops
    wrap = {**operations.integerfield_type_map, "BigAutoField": Int8}.get(target.get_internal_type())

    def slow(row: models.Model) -> Any:
        value = field.pre_save(row, adding)
        if isinstance(value, DatabaseDefault):
            value = _database_default(field)
            setattr(row, name, value)
        return field.get_db_prep_save(value, held)

    def plain(row: models.Model) -> Any:
        value = row.__dict__.get(name, field)
        return value if value is None or type(value) is kind else slow(row)

    def whole(row: models.Model) -> Any:
        value = row.__dict__.get(name, field)
        if type(value) is int and wrap is not None:
            return wrap(value)
        return None if value is None else slow(row)

    def moment(row: models.Model) -> Any:
        value = row.__dict__.get(name, field)
        return value if value is None or (type(value) is kind and value.tzinfo is not None) else slow(row)

    if kind is None:
        return slow
    return {int: whole, dt.datetime: moment}.get(kind, plain)


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
"""The type whose values a field hands on unchanged."""
