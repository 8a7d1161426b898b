"""The law's arithmetic of time, pure: plain values in, plain values out.

The parts are :mod:`limits <tongban.foundation.clock.limits>`, :mod:`calendar <tongban.foundation.clock.calendar>`,
:mod:`ledger <tongban.foundation.clock.ledger>` (the conventions are written there) and
:mod:`explain <tongban.foundation.clock.explain>`; other slices import from here.
"""

from __future__ import annotations

from tongban.foundation.clock.calendar import Calendar, YearDays
from tongban.foundation.clock.explain import DayMark, explain
from tongban.foundation.clock.ledger import ClockState, Entry, Policy, derive, due_on
from tongban.foundation.clock.limits import (
    BeyondHorizonError,
    ClockError,
    LedgerError,
    Limit,
    Unit,
    add_months,
    promise_fits,
)

__all__ = [
    "BeyondHorizonError",
    "Calendar",
    "ClockError",
    "ClockState",
    "DayMark",
    "Entry",
    "LedgerError",
    "Limit",
    "Policy",
    "Unit",
    "YearDays",
    "add_months",
    "derive",
    "due_on",
    "explain",
    "promise_fits",
]
