"""Keeps rows of slow tables in the process: units, items and the like, which every act needs and hardly anyone changes.

A kept row carries the version it was read at. Whoever wants it says which version the database has now (``VERSION`` beside
another read, so it costs no statement of its own); a row of another version is read again. Each caller gets an instance of
its own. Values that a field holds as a map or a list are shared: they are for reading.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, TypeVar

from django.db import models

from tongban.foundation.rows.running import ask
from tongban.foundation.rows.shapes import Shape, instance, shape_of, values_of

M = TypeVar("M", bound=models.Model)
MOST = 4000
"""How many rows a process keeps."""

VERSION = "xmin::text || ctid::text"
"""SQL for the version of a row: it changes whenever the row is written, whoever writes it."""

_rows: OrderedDict[tuple[Shape, Any], tuple[str, list[Any]]] = OrderedDict()
_guard = Lock()


def kept(model: type[M], key: Any, version: str | None, *, without: tuple[str, ...] = ()) -> M:
    """Return a row by its key, from the process if that has it in a version.

    :param version: as the database has it now; None if the caller does not know, then the row is read
    :param without: names of fields that are left unread
    :raises DoesNotExist: if there is no such row
    """
    shape = shape_of(model, without)
    held = _rows.get((shape, key))
    if held is None or version is None or held[0] != version:
        held = _read(shape, key)
    found: M = instance(shape, held[1])
    return found


def _read(shape: Shape, key: Any) -> tuple[str, list[Any]]:
    sql = f"SELECT {VERSION}, {shape.selected} FROM {shape.table} WHERE {shape.key} = %s"  # noqa: S608 - from the model
    for version, *values in ask(sql, key):
        held = (str(version), values_of(shape, values))
        with _guard:
            _rows[shape, key] = held
            _rows.move_to_end((shape, key))
            while len(_rows) > MOST:
                _rows.popitem(last=False)
        return held
    msg = f"{shape.model.__name__} {key}"
    raise shape.model.DoesNotExist(msg)  # type: ignore[attr-defined]
