"""Decides when a digest is due and how much may be asked for."""

from __future__ import annotations

import datetime as dt

CONFIRM_WITHIN = dt.timedelta(hours=48)
LIMIT_WINDOW = dt.timedelta(hours=24)
MOST_FOR_ADDRESS = 3
"""Confirmation mails to one address a day: nobody's mailbox is filled by a stranger."""
MOST_FROM_CLIENT = 10
MOST_COLUMNS = 40
MOST_ITEMS = 60
"""Items in one mail; the rest are named by their number."""
MOST_BOUNCES = 2
"""Refusals for good in a row after which an address is given up."""


def is_due(rhythm: str, covered: dt.date, today: dt.date) -> bool:
    """Tell whether a digest is due: each day, or on the first occasion of a new week (Monday).

    :param covered: the day until which everything was sent
    """
    if rhythm == "weekly":
        return covered < today - dt.timedelta(days=today.weekday())
    return covered < today
