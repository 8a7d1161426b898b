"""Shows a count day by day, so that anyone can check any date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tongban.foundation.clock.calendar import SATURDAY, Calendar
from tongban.foundation.clock.ledger import DAY, DEFAULT_POLICY, Entry, Policy, derive
from tongban.foundation.clock.limits import Limit, Unit

MarkKind = Literal["counted", "rest", "stopped", "start", "due", "future"]


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day of a count.

    ``number`` is the day's number in the count. ``note`` is a code, with what it is about after a colon: ``weekend``,
    ``holiday:…``, ``makeup:…``, ``stop:…`` (the cause), ``roll`` (the last day falls on a rest day), ``extend:…``,
    ``restart``; :func:`tongban.foundation.clock.wording.note_text` says it in words.
    """

    day: dt.date
    kind: MarkKind
    number: int | None
    official: bool
    note: str = ""


def explain(
    entries: Sequence[Entry],
    limit: Limit,
    calendar: Calendar,
    *,
    until: dt.date | None,
    policy: Policy = DEFAULT_POLICY,
) -> list[DayMark]:
    """Return one mark for each day from the start to the due day.

    Countable days after ``until`` are ``future`` (none if ``until`` is None). While the clock is stopped the list ends
    with ``until``, or with the last entry.

    :raises LedgerError: if the entries do not follow one another
    :raises BeyondHorizonError: if the count needs a year for which no calendar is held
    """
    state = derive(entries, limit, calendar, policy=policy)
    last = state.due_on or max(until or entries[-1].on, entries[-1].on)
    count = _Count(entries, limit, calendar, until=until, policy=policy, due=state.due_on, nominal=state.nominal_on)
    return list(count.days(last))


class _Count:
    """Walks the days in order, keeping the number of the last counted day."""

    def __init__(
        self,
        entries: Sequence[Entry],
        limit: Limit,
        calendar: Calendar,
        *,
        until: dt.date | None,
        policy: Policy,
        due: dt.date | None,
        nominal: dt.date | None,
    ) -> None:
        self.limit, self.calendar, self.policy = limit, calendar, policy
        self.until, self.due, self.nominal = until, due, nominal
        self.start = entries[0].on
        self.entries = entries
        self.number = 0

    def days(self, last: dt.date) -> Iterator[DayMark]:
        day, stopped = self.start, None
        while day <= last:
            today = [entry for entry in self.entries if entry.on == day]
            was = stopped
            restarted = False
            for entry in today:
                if entry.kind == "stop":
                    stopped = was = entry
                elif entry.kind == "resume":
                    stopped = None
                    restarted = restarted or entry.resumption == "restart"
            yield self._mark(day, today, was, restarted=restarted)
            day += DAY

    def _mark(self, day: dt.date, today: list[Entry], stopped: Entry | None, *, restarted: bool) -> DayMark:
        if day == self.start and not restarted:
            return self._with("start", day, None, _extension(today))
        if restarted:
            self.number = 0
            return self._with("start", day, None, "restart")
        over = self.nominal is not None and day > self.nominal  # used up: a later stop no longer matters
        if stopped is not None and not over and not (self.policy.stop_day_counts and _ran_until_stopped(today)):
            return self._with("stopped", day, None, f"stop:{stopped.cause}" if stopped.cause else "")
        return self._running(day, _extension(today))

    def _running(self, day: dt.date, note: str) -> DayMark:
        rests = self.limit.unit is not Unit.HOUR and self.calendar.covers(day) and not self.calendar.is_workday(day)
        if self.nominal is not None and day > self.nominal:
            if day == self.due:
                return self._with("due", day, None, note or self._day_note(day))
            return self._with("rest", day, None, self._day_note(day))
        if self.limit.unit is Unit.WORKING_DAY and rests:
            return self._with("rest", day, None, self._day_note(day))
        self.number += 1
        number = self.number if self.limit.unit is not Unit.HOUR else None
        if day == self.due:
            return self._with("due", day, number, note or self._day_note(day))
        if day == self.nominal:
            note = "roll"
        kind: MarkKind = "future" if self.until is not None and day > self.until else "counted"
        return self._with(kind, day, number, note or self._day_note(day))

    def _day_note(self, day: dt.date) -> str:
        if not self.calendar.covers(day):
            return ""
        name = self.calendar.name(day)
        if self.calendar.is_workday(day):
            return f"makeup:{name}" if day.weekday() >= SATURDAY else ""
        return f"holiday:{name}" if name else "weekend"

    def _with(self, kind: MarkKind, day: dt.date, number: int | None, note: str) -> DayMark:
        return DayMark(day, kind, number, self.calendar.is_official(day), note)


def _ran_until_stopped(today: list[Entry]) -> bool:
    """Tell whether the first turn of a day was a stop: the clock ran when the day began."""
    turns = [entry.kind for entry in today if entry.kind in ("stop", "resume")]
    return bool(turns) and turns[0] == "stop"


def _extension(today: list[Entry]) -> str:
    extras = [entry.extra.figure for entry in today if entry.kind == "extend" and entry.extra is not None]
    return f"extend:{sum(extras)}" if extras else ""


def number_width(marks: Sequence[DayMark]) -> int:
    """Return how many digits the largest number of a count has."""
    return max((len(str(mark.number)) for mark in marks if mark.number is not None), default=1)
