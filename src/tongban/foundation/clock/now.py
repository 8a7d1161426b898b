"""The only reader of the present moment; interfaces and tasks ask it, everything else is told."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """Return the present moment, aware, in China's time."""
    return dt.datetime.now(tz=CHINA)


def today() -> dt.date:
    """Return today's date in China."""
    return now().date()


def local_date(at: dt.datetime) -> dt.date:
    """Return the date in China of an aware moment."""
    return at.astimezone(CHINA).date()
