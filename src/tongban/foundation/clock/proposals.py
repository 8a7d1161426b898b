"""Entering a year's arrangement takes two people: one enters and sees what would follow, another confirms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from tongban.foundation.clock.actions import check_notice, publish_calendar_year
from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.models import CalendarProposal
from tongban.foundation.clock.notice import read_notice
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.clock.rules import Calendar, ClockError

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Who enters or confirms: the actor's key and name. The interface has checked the permission."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which people work or rest otherwise than the calendar held says."""

    day: dt.date
    works: bool
    name: str


def read_entry(*, jurisdiction: str, year: int, text: str, source: str, source_number: str = "") -> YearEntry:
    """Read and check what someone entered, without writing anything.

    :raises ClockError: naming the sentence or the day that cannot be right
    """
    place = jurisdiction.strip()
    if place and not (place.isascii() and place.isdigit()):
        raise ClockError("proposal.place")
    if not source.strip():
        raise ClockError("proposal.source")
    held = calendar_for(place)
    known = {day: held.name(day) for day in days_of(year) if held.covers(day) and held.name(day)}
    notice = read_notice(text, year=year, known=known, local=bool(place))
    check_notice(year, notice.days_off, notice.make_up, jurisdiction=place)
    return YearEntry(
        year,
        official=True,
        source=source.strip()[:200],
        days_off=notice.days_off,
        make_up=notice.make_up,
        jurisdiction=place,
        source_number=source_number.strip()[:60],
    )


def propose(*, entry: YearEntry, text: str, by: Person, at: dt.datetime) -> CalendarProposal:
    """Enter an arrangement for someone else to confirm; one's own waiting entry of the same year is replaced.

    :raises ClockError: ``proposal.waiting`` if another person's entry of the year waits
    """
    with transaction.atomic():
        waiting = CalendarProposal.objects.select_for_update().filter(
            jurisdiction=entry.jurisdiction, year=entry.year, state=CalendarProposal.State.WAITING
        )
        for other in waiting:
            if other.proposed_by != by.key:
                raise ClockError("proposal.waiting", year=entry.year, by=other.proposed_by_name)
            _settle(other, CalendarProposal.State.WITHDRAWN, by, at)
        return CalendarProposal.objects.create(
            jurisdiction=entry.jurisdiction,
            year=entry.year,
            text=text,
            days_off=_plain(entry.days_off),
            make_up=_plain(entry.make_up),
            source=entry.source,
            source_number=entry.source_number,
            proposed_by=by.key,
            proposed_by_name=by.name,
            proposed_at=at,
        )


def confirm(*, proposal: CalendarProposal, by: Person, at: dt.datetime) -> list[int]:
    """Let an arrangement take effect; return the years that changed. The witnesses see to what follows.

    :raises ClockError: ``proposal.same_person``, ``proposal.settled``, or what makes the arrangement wrong
    """
    with transaction.atomic():
        locked = _waiting(proposal)
        if locked.proposed_by == by.key:
            raise ClockError("proposal.same_person")
        _settle(locked, CalendarProposal.State.CONFIRMED, by, at)
        entry = entry_of(locked)
        return publish_calendar_year(
            year=entry.year,
            days_off=entry.days_off,
            make_up=entry.make_up,
            source=entry.source,
            by=by.key,
            at=at,
            jurisdiction=entry.jurisdiction,
            source_number=entry.source_number,
        )


def decline(*, proposal: CalendarProposal, note: str, by: Person, at: dt.datetime) -> CalendarProposal:
    """Send an arrangement back with the reason; who entered it takes it back instead.

    :raises ClockError: ``proposal.note`` without a reason, ``proposal.settled``
    """
    with transaction.atomic():
        locked = _waiting(proposal)
        own = locked.proposed_by == by.key
        if not own and not note.strip():
            raise ClockError("proposal.note")
        locked.note = note.strip()[:300]
        state = CalendarProposal.State.WITHDRAWN if own else CalendarProposal.State.DECLINED
        return _settle(locked, state, by, at)


def entry_of(proposal: CalendarProposal) -> YearEntry:
    """Return the arrangement of an entry."""
    return YearEntry(
        proposal.year,
        official=True,
        source=proposal.source,
        days_off=_days(proposal.days_off),
        make_up=_days(proposal.make_up),
        jurisdiction=proposal.jurisdiction,
        source_number=proposal.source_number,
    )


def differences(before: Calendar, after: Calendar, year: int) -> list[Difference]:
    """Return the days of a year (and of the weeks around it) that would be worked or rested otherwise."""
    days = [day for day in days_of(year, margin=14) if before.covers(day) and after.covers(day)]
    return [
        Difference(day, after.is_workday(day), after.name(day) or before.name(day))
        for day in days
        if after.is_workday(day) != before.is_workday(day)
    ]


def days_of(year: int, *, margin: int = 0) -> list[dt.date]:
    """Return the days of a year, and so many before and after it."""
    first, last = dt.date(year, 1, 1) - margin * DAY, dt.date(year, 12, 31) + margin * DAY
    return [first + step * DAY for step in range((last - first).days + 1)]


def _waiting(proposal: CalendarProposal) -> CalendarProposal:
    locked = CalendarProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state != CalendarProposal.State.WAITING:
        raise ClockError("proposal.settled")
    return locked


def _settle(proposal: CalendarProposal, state: CalendarProposal.State, by: Person, at: dt.datetime) -> CalendarProposal:
    proposal.state, proposal.decided_by, proposal.decided_by_name, proposal.decided_at = state, by.key, by.name, at
    proposal.save()
    return proposal


def _plain(days: Mapping[dt.date, str]) -> dict[str, str]:
    return {day.isoformat(): name for day, name in sorted(days.items())}


def _days(held: Mapping[str, str]) -> dict[dt.date, str]:
    return {dt.date.fromisoformat(day): name for day, name in held.items()}
