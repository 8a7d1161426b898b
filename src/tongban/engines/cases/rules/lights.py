"""Green, amber, red and paused: from dates alone, so that a missed job changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

DAY = dt.timedelta(days=1)
MAIN = ("statutory", "promised", "review")
WINDOWS = ("notice",)
"""Clocks in whose time something may be done, without any duty to do it: they turn no light."""
ORDER = ("none", "green", "paused", "amber", "red")


class Clock(Protocol):
    """A live clock as far as its light needs it; ``due_on`` is None while it stands still."""

    @property
    def kind(self) -> str:
        """Return what it limits."""

    @property
    def due_on(self) -> dt.date | None:
        """Return its last day."""

    @property
    def warn_on(self) -> dt.date | None:
        """Return the day from which it is near."""

    @property
    def running(self) -> bool:
        """Tell whether its time passes."""


class Expiring(Clock, Protocol):
    """A live clock of which the law may say what follows when it runs out."""

    @property
    def on_expiry(self) -> str:
        """Return what follows; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The same as plain values."""

    kind: str
    due_on: dt.date | None
    warn_on: dt.date | None
    running: bool


def light_of(due_on: dt.date | None, warn_on: dt.date | None, today: dt.date) -> str:
    """Return the light of one limit: red from the day after it, amber from the warning day on."""
    if due_on is None:
        return "none"
    if today > due_on:
        return "red"
    return "amber" if warn_on is not None and today >= warn_on else "green"


def light_of_case(clocks: Iterable[Clock], today: dt.date) -> tuple[str, bool]:
    """Return the light of a case and whether its main clock stands still.

    Red and amber of a running limit (a special procedure's own included) win over paused: stopping the main clock
    cannot hide delay.
    """
    lights = ["none"]
    paused = False
    for clock in clocks:
        if clock.kind in WINDOWS:
            continue
        if clock.kind == "correction":
            paused = True
        elif not clock.running and clock.kind in MAIN:
            paused = True
            if clock.due_on is not None:
                lights.append(light_of(clock.due_on, clock.warn_on, today))
        elif clock.running:
            lights.append(light_of(clock.due_on, clock.warn_on, today))
    worst = max(lights, key=ORDER.index)
    if paused and worst in ("none", "green"):
        return "paused", True
    return worst, paused


def next_check(clocks: Iterable[Clock], today: dt.date) -> dt.date | None:
    """Return the next day on which a light changes or a limit runs out, or None if nothing lies ahead."""
    days: list[dt.date] = []
    for clock in clocks:
        if clock.due_on is None or not (clock.running or clock.kind in MAIN):
            continue
        if clock.warn_on is not None and clock.warn_on > today:
            days.append(clock.warn_on)
        if clock.due_on >= today:
            days.append(clock.due_on + DAY)
    return min(days, default=None)


def takes_effect(clocks: Iterable[Expiring], today: dt.date, *, correcting: bool) -> bool:
    """Tell whether a limit has run out of whose end the law says what follows, so that it must be seen to at once.

    A renewal is not deemed while the applicant has yet to correct the application.
    """
    return any(
        bool(clock.on_expiry)
        and clock.due_on is not None
        and clock.due_on < today
        and not (correcting and clock.on_expiry == "deemed_renew")
        for clock in clocks
    )
