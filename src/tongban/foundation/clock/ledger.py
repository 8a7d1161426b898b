"""From the ledger of a clock to its dates: one pure function, nothing ever decrements a remainder.

The convention of days (one for starts, stops and resumptions): **the day on which something happens is not counted.**

* The day of the event that starts the clock is not counted; the first counted day is the next (CNT-01).
* All days of a stopped period are not counted, the day of the stop and the day of the resumption included: an expert
  review from 2 to 13 February is ``stop`` on 2 and ``resume`` on 13 February, and the count goes on from 14 February.
  行政许可法 Art. 45 excludes "the time needed", which is every day of the procedure. A process type whose law counts
  the day of the stop as used says so with ``Policy(stop_day_counts=True)``.
* ``restart`` throws away what was used and any extension; its day is a new start day.
* Counted are the working days, or all days, of the running periods. The due day is the one whose number is the total.
  A period in calendar days that ends on a rest day moves to the next working day (CNT-03). Months and years end on
  the same day number, else on the last day of the month (CNT-06), and do not move unless the policy says so; if they
  are stopped, the length in days from the (last) start is what must be used up.
* Hours are exact: moments, not days.
* If the total was used up before a stop, the due day stands; stopping a late clock heals nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from tongban.foundation.clock.calendar import Calendar
from tongban.foundation.clock.limits import BeyondHorizonError, LedgerError, Limit, Unit, add_months

CHINA = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
Kind = Literal["start", "stop", "resume", "extend", "end"]
Resumption = Literal["continue", "restart"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. ``cause`` says why, ``basis`` names the article; ``at`` is needed for limits in hours."""

    kind: Kind
    on: dt.date
    at: dt.datetime | None = None
    resumption: Resumption | None = None
    extra: Limit | None = None
    cause: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """Choices that a process type may declare: is the day of a stop used; do months and years move off rest days."""

    stop_day_counts: bool = False
    months_roll: bool = False


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Run:
    """Days ``first`` to ``last`` (None: open) in which the clock runs; ``last`` may be before ``first`` (none)."""

    first: dt.date
    last: dt.date | None


@dataclass(slots=True)
class Book:
    """A ledger that has been read and found in order. Runs and stops are those since the last (re)start."""

    limit: Limit
    anchor: Entry
    total: Limit
    runs: list[Run] = field(default_factory=list)
    stopped: Entry | None = None
    ended: Entry | None = None
    spans: list[tuple[dt.datetime, dt.datetime | None]] = field(default_factory=list)
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a ledger amounts to.

    ``due_on`` is None while the clock is stopped with time left; ``nominal_on`` is the last day before it is moved off
    rest days. ``used``, ``remaining`` and ``total`` are in the limit's unit, for months and years in calendar days.
    Without ``as_of`` only finished runs are in ``used``. ``due_at`` is set for limits in hours.
    """

    due_on: dt.date | None
    warn_on: dt.date | None
    running: bool
    used: int
    remaining: int | None
    total: int
    provisional: bool
    ended_on: dt.date | None = None
    due_at: dt.datetime | None = None
    nominal_on: dt.date | None = None


def derive(
    entries: Sequence[Entry],
    limit: Limit,
    calendar: Calendar,
    *,
    warn_days: int = 2,
    as_of: dt.date | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> ClockState:
    """Compute the dates of a clock from its ledger.

    :param warn_days: ``warn_on`` is the day after which so many working days remain until ``due_on``
    :param as_of: count what is used up to this day, inclusive
    :raises LedgerError: if the entries do not follow one another
    :raises BeyondHorizonError: if the count needs a year for which no calendar is held
    """
    book = read(entries, limit, policy=policy)
    if limit.unit is Unit.HOUR:
        return _derive_hours(book, calendar, warn_days=warn_days, as_of=as_of)
    total = total_days(book)
    nominal = _last_day(book, calendar, total)
    due = None if nominal is None else roll(nominal, book, calendar, policy=policy)
    used = _used(book, calendar, as_of=as_of)
    return ClockState(
        due_on=due,
        warn_on=_warn(due, book.anchor.on, calendar, warn_days),
        running=book.stopped is None and book.ended is None,
        used=used,
        remaining=max(total - used, 0),
        total=total,
        provisional=_is_provisional(book, calendar, nominal, due, policy=policy),
        ended_on=book.ended.on if book.ended else None,
        nominal_on=nominal,
    )


def due_on(start: dt.date, limit: Limit, calendar: Calendar, *, policy: Policy = DEFAULT_POLICY) -> dt.date:
    """Return the last day of an undisturbed period; ``start`` is the day of the event, which is not counted.

    :raises LedgerError: ``entry.moment`` for a limit in hours without a moment
    :raises BeyondHorizonError: if the count needs a year for which no calendar is held
    """
    moment = start if isinstance(start, dt.datetime) else None
    day = start.date() if isinstance(start, dt.datetime) else start
    due = derive([Entry("start", day, at=moment)], limit, calendar, policy=policy).due_on
    if due is None:  # a running clock always has a due day
        raise LedgerError("ledger.no_start")
    return due


def read(entries: Sequence[Entry], limit: Limit, *, policy: Policy = DEFAULT_POLICY) -> Book:
    """Read a ledger in its order.

    :raises LedgerError: naming what is out of order: ``ledger.no_start``, ``ledger.second_start``, ``ledger.backwards``,
        ``ledger.after_end``, ``ledger.not_running``, ``ledger.not_stopped``, ``ledger.no_resumption``,
        ``ledger.no_extra``, ``entry.moment``
    """
    if not entries or entries[0].kind != "start":
        raise LedgerError("ledger.no_start")
    book = _opened(entries[0], limit)
    before = entries[0]
    for entry in entries[1:]:
        _check_order(book, before, entry)
        _TURN[entry.kind](book, entry, policy)
        before = entry
    return book


def _opened(entry: Entry, limit: Limit) -> Book:
    book = Book(limit=limit, anchor=entry, total=limit, runs=[Run(entry.on + DAY, None)])
    if limit.unit is Unit.HOUR:
        book.spans = [(_moment(entry), None)]
    return book


def _check_order(book: Book, before: Entry, entry: Entry) -> None:
    if book.ended is not None:
        raise LedgerError("ledger.after_end", kind=entry.kind, on=entry.on)
    if entry.on < before.on or (entry.at and before.at and entry.at < before.at):
        raise LedgerError("ledger.backwards", kind=entry.kind, on=entry.on, before=before.on)


def _start(book: Book, entry: Entry, policy: Policy) -> None:
    raise LedgerError("ledger.second_start", on=entry.on)


def _stop(book: Book, entry: Entry, policy: Policy) -> None:
    if book.stopped is not None:
        raise LedgerError("ledger.not_running", on=entry.on)
    book.stopped = entry
    last = entry.on if policy.stop_day_counts else entry.on - DAY
    book.runs[-1] = Run(book.runs[-1].first, last)
    if book.spans:
        book.spans[-1] = (book.spans[-1][0], _moment(entry))


def _resume(book: Book, entry: Entry, policy: Policy) -> None:
    if book.stopped is None:
        raise LedgerError("ledger.not_stopped", on=entry.on)
    if entry.resumption not in ("continue", "restart"):
        raise LedgerError("ledger.no_resumption", on=entry.on)
    book.stopped = None
    if entry.resumption == "restart":
        book.anchor, book.total, book.runs, book.spans = entry, book.limit, [], []
    book.runs.append(Run(entry.on + DAY, None))
    if book.limit.unit is Unit.HOUR:
        book.spans.append((_moment(entry), None))


def _extend(book: Book, entry: Entry, policy: Policy) -> None:
    if entry.extra is None:
        raise LedgerError("ledger.no_extra", on=entry.on)
    book.total = book.total.longer_by(entry.extra)


def _end(book: Book, entry: Entry, policy: Policy) -> None:
    book.ended = entry


_TURN = {"start": _start, "stop": _stop, "resume": _resume, "extend": _extend, "end": _end}


def _moment(entry: Entry) -> dt.datetime:
    if entry.at is None or entry.at.tzinfo is None:
        raise LedgerError("entry.moment", kind=entry.kind, on=entry.on)
    return entry.at


def total_days(book: Book) -> int:
    """Return how many days must be used up; months and years are measured from the (last) start."""
    figure, unit = book.total.figure, book.total.unit
    if unit in (Unit.MONTH, Unit.YEAR):
        end = add_months(book.anchor.on, figure * (12 if unit is Unit.YEAR else 1))
        return (end - book.anchor.on).days
    return figure


def days_in(run: Run, calendar: Calendar, unit: Unit, *, until: dt.date | None) -> int:
    """Return how many days of a run count, up to and including ``until``."""
    last = min((day for day in (run.last, until) if day is not None), default=run.first - DAY)
    if last < run.first:
        return 0
    if unit is Unit.WORKING_DAY:
        return calendar.working_days_between(run.first - DAY, last)
    return (last - run.first).days + 1


def _last_day(book: Book, calendar: Calendar, total: int) -> dt.date | None:
    left = total
    if left == 0:
        return book.anchor.on
    for run in book.runs:
        if run.last is not None and (held := days_in(run, calendar, book.limit.unit, until=None)) < left:
            left -= held
            continue
        if book.limit.unit is Unit.WORKING_DAY:
            return calendar.add_working_days(run.first - DAY, left)
        return run.first + (left - 1) * DAY
    return None


def roll(nominal: dt.date, book: Book, calendar: Calendar, *, policy: Policy) -> dt.date:
    """Move a last day off rest days where the unit (CNT-03) or the policy demands it."""
    unit = book.limit.unit
    moves = unit is Unit.CALENDAR_DAY or (policy.months_roll and unit in (Unit.MONTH, Unit.YEAR))
    return calendar.next_workday(nominal) if moves and nominal > book.anchor.on else nominal


def _used(book: Book, calendar: Calendar, *, as_of: dt.date | None) -> int:
    until = as_of
    if book.ended is not None:
        until = book.ended.on if as_of is None else min(as_of, book.ended.on)
    return sum(days_in(run, calendar, book.limit.unit, until=until) for run in book.runs)


def _is_provisional(
    book: Book, calendar: Calendar, nominal: dt.date | None, due: dt.date | None, *, policy: Policy
) -> bool:
    if (
        nominal is None or due is None or nominal <= book.anchor.on
    ):  # a zero means the day itself, whatever the calendar
        return False
    unit = book.limit.unit
    if unit is Unit.WORKING_DAY:
        return not calendar.all_official(book.runs[0].first, due)
    if unit is Unit.CALENDAR_DAY or policy.months_roll:
        return not calendar.all_official(nominal, due)
    return False


def _warn(due: dt.date | None, anchor: dt.date, calendar: Calendar, warn_days: int) -> dt.date | None:
    if due is None:
        return None
    try:
        day = calendar.add_working_days(due, -warn_days)
    except BeyondHorizonError:  # months and years may end where no calendar is held yet: warn by plain days
        day = due - warn_days * DAY
    return max(day, anchor)


def _derive_hours(book: Book, calendar: Calendar, *, warn_days: int, as_of: dt.date | None) -> ClockState:
    left = dt.timedelta(hours=book.total.figure)
    due: dt.datetime | None = None
    for first, last in book.spans:
        if last is not None and last - first < left:
            left -= last - first
            continue
        due = first + left
        break
    edge = book.ended.at if book.ended else None
    if as_of is not None:
        midnight = dt.datetime.combine(as_of + DAY, dt.time(), tzinfo=CHINA)
        edge = min(edge, midnight) if edge else midnight
    used = sum((_span(first, last, edge) for first, last in book.spans), dt.timedelta())
    hours = int(used.total_seconds() // 3600)
    due_day = due.astimezone(CHINA).date() if due else None
    return ClockState(
        due_on=due_day,
        warn_on=_warn(due_day, book.anchor.on, calendar, warn_days),
        running=book.stopped is None and book.ended is None,
        used=hours,
        remaining=max(book.total.figure - hours, 0),
        total=book.total.figure,
        provisional=False,
        ended_on=book.ended.on if book.ended else None,
        due_at=due,
        nominal_on=due_day,
    )


def _span(first: dt.datetime, last: dt.datetime | None, edge: dt.datetime | None) -> dt.timedelta:
    ends = [moment for moment in (last, edge) if moment is not None]
    return max(min(ends) - first, dt.timedelta()) if ends else dt.timedelta()
