"""Decides about licenses: how long they hold and what may follow from which status."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from tongban.foundation.text import mask

MOVES: dict[str, tuple[frozenset[str], str]] = {
    "suspend": (frozenset({"valid"}), "suspended"),
    "resume": (frozenset({"suspended"}), "valid"),
    "revoke": (frozenset({"valid", "suspended", "expired"}), "revoked"),
    "cancel": (frozenset({"valid", "suspended", "expired"}), "cancelled"),
    "expire": (frozenset({"valid", "suspended"}), "expired"),
    "supersede": (frozenset({"valid", "suspended", "expired"}), "superseded"),
}


def may(move: str, status: str) -> bool:
    """Tell whether a move is possible from a status."""
    return status in MOVES[move][0]


def result(move: str) -> str:
    """Return the status a move leads to."""
    return MOVES[move][1]


def last_day(valid_from: dt.date, years: int) -> dt.date:
    """Return the last valid day of a license that holds so many years: the day before the anniversary.

    29 February has its anniversary on the 28th in other years.
    """
    year = valid_from.year + years
    day = min(valid_from.day, calendar.monthrange(year, valid_from.month)[1])
    anniversary = dt.date(year, valid_from.month, day)
    return anniversary if day != valid_from.day else anniversary - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a license's status means on a day. ``in_force`` is the one answer a shop window needs."""

    status: str
    in_force: bool


def standing(status: str, *, valid_from: dt.date, valid_to: dt.date | None, on: dt.date) -> Standing:
    """Return a license's standing on a day; the dates count even if the nightly job has not marked it expired yet."""
    if status == "valid" and valid_to is not None and on > valid_to:
        return Standing("expired", in_force=False)
    if status == "valid" and on < valid_from:
        return Standing("not_yet", in_force=False)
    return Standing(status, in_force=status == "valid")


def masked(name: str, *, person: bool) -> str:
    """Return a holder's name for strangers: a person's first character only, an organization's whole name."""
    return mask.name(name) if person else name


def masked_number(number: str, *, person: bool) -> str:
    """Return a holder's number as the license's face shows it: a person's with only both ends, others whole."""
    return mask.citizen_number(number) if person else number
