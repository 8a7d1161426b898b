"""Updates several rows in one statement with one value each, without the cost of building conditional expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from tongban.foundation.rows.statements import ready


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> int:
    """Write fields of saved rows of one model; return how many rows were written.

    :param names: field names (foreign keys by their field's name)
    """
    if not rows:
        return 0
    meta = type(rows[0])._meta  # noqa: SLF001 - Django's documented API for field introspection
    fields: list[Any] = [meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in fields]
    casts = [str(field.db_type(connection)) for field in fields]
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{cast}[]" for cast in casts)])
    changes = ", ".join(f"{column} = new.{column}" for column in columns)
    sql = (
        f"UPDATE {quote(meta.db_table)} AS old SET {changes} "  # noqa: S608 - names come from the model, values are bound
        f"FROM unnest({arrays}) AS new(key, {', '.join(columns)}) WHERE old.id = new.key"
    )
    values: list[list[Any]] = [[row.pk for row in rows]]
    values.extend([field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields)
    with ready() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
