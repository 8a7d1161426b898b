"""Case numbers."""

from __future__ import annotations

import datetime as dt

from tongban.foundation.rows.running import ask

_NEXT = (
    "INSERT INTO cases_casenumbercounter (region, day, last) VALUES (%s, %s, 1) "
    "ON CONFLICT (region, day) DO UPDATE SET last = cases_casenumbercounter.last + 1 RETURNING last"
)


def next_number(*, region: str, day: dt.date) -> str:
    """Return the next number of a region and day: 6 digits of region, 6 of the date, 6 of serial.

    The counter's row stays locked until the transaction ends, so numbers have no gaps and no doubles.
    """
    region = region[:6].ljust(6, "0")
    ((last,),) = ask(_NEXT, region, day)
    return f"{region}{day:%y%m%d}{last:06d}"
