"""Decisions about signing in, sessions and names; plain values, no Django, no clock."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

NAME_LIMIT = 5
"""Failures for one sign-in name within the window after which it is locked (GB/T 22239-2019, 8.1.4.1 b)."""
ADDRESS_LIMIT = 100
"""Failures from one address within the window: a hall's terminals and an office share one address."""
WINDOW = dt.timedelta(minutes=15)
LOCK = dt.timedelta(minutes=15)
RECOVERY_MINUTES = 10
"""How long a code for a new password is good."""
RECOVERY_TRIES = 5
"""Wrong codes after which a code is dead."""
RECOVERIES_A_DAY = 5
"""Codes sent to one account within 24 hours, at most."""
REVEALS_AN_HOUR = 20
"""How many masked values one person may have shown within an hour."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed sign-ins of one name or address: how many, since when, and until when it is locked."""

    failures: int
    window_from: dt.datetime
    locked_until: dt.datetime | None = None


def is_locked(tries: Tries | None, at: dt.datetime) -> bool:
    """Tell whether signing in is refused at a moment."""
    return tries is not None and tries.locked_until is not None and at < tries.locked_until


def after_failure(tries: Tries | None, at: dt.datetime, limit: int) -> Tries:
    """Count one more failure; a window that is over, or a lock that has ended, starts a new count."""
    ended = tries is not None and tries.locked_until is not None and at >= tries.locked_until
    if tries is None or ended or at - tries.window_from > WINDOW:
        tries = Tries(0, at)
    counted = replace(tries, failures=tries.failures + 1)
    if counted.failures >= limit and counted.locked_until is None:
        return replace(counted, locked_until=at + LOCK)
    return counted


def session_over(*, signed_in_at: dt.datetime, seen_at: dt.datetime, at: dt.datetime, idle: int, longest: int) -> bool:
    """Tell whether a session has ended.

    :param idle: seconds without a request after which it ends
    :param longest: seconds after sign-in at which it ends in any case; 0 for no such limit
    """
    if at < seen_at - dt.timedelta(minutes=5):
        return True
    if (at - seen_at).total_seconds() >= idle:
        return True
    return bool(longest) and (at - signed_in_at).total_seconds() >= longest


_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")


def character_classes(password: str) -> int:
    """Count the kinds of characters in a password: lower case, upper case, digits, others."""
    return sum(1 for pattern in _CLASSES if re.search(pattern, password))


_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{3,31}")


def is_username(text: str) -> bool:
    """Tell whether a text may be a sign-in name: 4–32 letters, digits, dots, hyphens, a letter first.

    A letter first keeps phone and citizen numbers, which are personal data, out of sign-in names.
    """
    return _USERNAME.fullmatch(text) is not None


_MOBILE = re.compile(r"1[3-9]\d{9}")


def is_mobile(text: str) -> bool:
    """Tell whether a text is a mobile phone number of the mainland."""
    return _MOBILE.fullmatch(text) is not None
