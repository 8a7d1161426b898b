"""Numbers of alarms and orders: two letters, the day, and a serial of the day."""

from __future__ import annotations

import datetime as dt

from django.db import connection

ALARM, REMINDER, ORDER, LETTER = "XH", "CB", "DB", "DC"
_NEXT = (
    "INSERT INTO supervision_serialcounter (kind, day, last) VALUES (%s, %s, %s) "
    "ON CONFLICT (kind, day) DO UPDATE SET last = supervision_serialcounter.last + EXCLUDED.last RETURNING last"
)


def next_numbers(kind: str, *, day: dt.date, count: int = 1) -> list[str]:
    """Return the next numbers of a kind (信号 XH, 催办 CB, 督办 DB, 督查函 DC) on a day.

    The counter's row stays locked until the transaction ends, so numbers have no gaps and no doubles.
    """
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [kind, day, count])
        (last,) = cursor.fetchone()
    return [f"{kind}{day:%Y%m%d}{serial:05d}" for serial in range(last - count + 1, last + 1)]
