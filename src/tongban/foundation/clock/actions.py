"""Changes of calendars. Every change tells the registered witnesses inside its transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction

from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.calendar import SATURDAY
from tongban.foundation.clock.models import CalendarDay, CalendarStamp, CalendarYear
from tongban.foundation.clock.registers import CalendarChange, tell_witnesses
from tongban.foundation.clock.rules import ClockError


class CalendarRefusedError(ClockError):
    """A year's arrangement that cannot be right."""


def publish_calendar_year(
    *,
    year: int,
    days_off: Mapping[dt.date, str],
    make_up: Mapping[dt.date, str],
    source: str,
    by: str,
    at: dt.datetime,
    jurisdiction: str = "",
    source_number: str = "",
) -> list[int]:
    """Enter the arrangement of a year as published, replacing what was held; return the years that changed.

    A notice may move days of the neighbouring years (a make-up day in late December): those days are added to the
    year they lie in, whose other days stay. Recomputing the due dates of cases is the witnesses' business.

    :param by: ``Actor.key`` of who enters it; the interface has checked the permission
    :raises CalendarRefusedError: if a day is in both lists, a make-up day is a weekday anyway, a fixed holiday is
        missing, or a day is far from the year
    """
    check_notice(year, days_off, make_up, jurisdiction=jurisdiction)
    with transaction.atomic():
        own_off, other_off = _split(days_off, year)
        own_up, other_up = _split(make_up, year)
        entry = YearEntry(
            year,
            official=True,
            source=source,
            days_off=own_off,
            make_up=own_up,
            jurisdiction=jurisdiction,
            source_number=source_number,
        )
        changed = [year] if put_year(entry, by=by, by_hand=True, at=at) else []
        for neighbour in (year - 1, year + 1):
            off = {day: name for day, name in other_off.items() if day.year == neighbour}
            opened = {day: name for day, name in other_up.items() if day.year == neighbour}
            if _add_days(neighbour, jurisdiction, off, opened):
                changed.append(neighbour)
        if changed:
            announce(sorted(changed), jurisdiction=jurisdiction, source=source, by=by, at=at)
    return sorted(changed)


def check_notice(
    year: int, days_off: Mapping[dt.date, str], make_up: Mapping[dt.date, str], *, jurisdiction: str = ""
) -> None:
    """Refuse an arrangement that cannot be right.

    :raises CalendarRefusedError: ``notice.both``, ``notice.far``, ``notice.weekday``, ``notice.fixed``
    """
    both = sorted(set(days_off) & set(make_up))
    if both:
        raise CalendarRefusedError("notice.both", day=both[0])
    far = sorted(day for day in {*days_off, *make_up} if abs((day - dt.date(year, 7, 1)).days) > 240)
    if far:
        raise CalendarRefusedError("notice.far", day=far[0], year=year)
    if jurisdiction:
        return
    weekdays = sorted(day for day in make_up if day.weekday() < SATURDAY)
    if weekdays:
        raise CalendarRefusedError("notice.weekday", day=weekdays[0])
    for month, number in ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3)):
        day = dt.date(year, month, number)
        if day.weekday() < SATURDAY and day not in days_off:
            raise CalendarRefusedError("notice.fixed", day=day)


def put_year(entry: YearEntry, *, by: str, by_hand: bool, at: dt.datetime) -> bool:
    """Write a year if it differs from what is held; return whether it did."""
    with transaction.atomic():
        row = CalendarYear.objects.select_for_update().filter(jurisdiction=entry.jurisdiction, year=entry.year).first()
        status = CalendarYear.Status.OFFICIAL if entry.official else CalendarYear.Status.PROVISIONAL
        wanted = _wanted(entry)
        if row is not None and _same(row, entry, status, wanted):
            return False
        if row is None:
            row = CalendarYear(jurisdiction=entry.jurisdiction, year=entry.year)
        row.status, row.source, row.source_number = status, entry.source, entry.source_number
        row.taken_from, row.entered_by, row.entered_by_hand, row.entered_at = entry.taken_from, by, by_hand, at
        row.save()
        row.days.all().delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(calendar_year=row, day=day, is_workday=works, name=name)
            for day, (works, name) in sorted(wanted.items())
        )
        _restamp(at)
        return True


def announce(years: list[int], *, jurisdiction: str, source: str, by: str, at: dt.datetime) -> None:
    """Tell the witnesses which years changed."""
    counts: dict[int, tuple[int, int]] = {}
    for year in years:
        days = CalendarDay.objects.filter(calendar_year__jurisdiction=jurisdiction, calendar_year__year=year)
        counts[year] = (days.filter(is_workday=False).count(), days.filter(is_workday=True).count())
    tell_witnesses(CalendarChange(jurisdiction, tuple(years), counts, source, by, at))


def _wanted(entry: YearEntry) -> dict[dt.date, tuple[bool, str]]:
    days = {day: (False, name) for day, name in entry.days_off.items()}
    days.update({day: (True, name) for day, name in entry.make_up.items()})
    return days


def _same(row: CalendarYear, entry: YearEntry, status: str, wanted: Mapping[dt.date, tuple[bool, str]]) -> bool:
    held = {each.day: (each.is_workday, each.name) for each in row.days.all()}
    words = (row.status, row.source, row.source_number, row.taken_from)
    return held == wanted and words == (status, entry.source, entry.source_number, entry.taken_from)


def _split(days: Mapping[dt.date, str], year: int) -> tuple[dict[dt.date, str], dict[dt.date, str]]:
    own = {day: name for day, name in days.items() if day.year == year}
    return own, {day: name for day, name in days.items() if day.year != year}


def _add_days(year: int, jurisdiction: str, off: Mapping[dt.date, str], opened: Mapping[dt.date, str]) -> bool:
    """Add days to a neighbouring year; return whether anything differs now."""
    row = CalendarYear.objects.filter(year=year, jurisdiction=jurisdiction).first()
    if row is None or not (off or opened):
        return False
    changed = False
    for works, days in ((False, off), (True, opened)):
        for day, name in days.items():
            held = row.days.filter(day=day).first()
            if held is not None and held.is_workday == works:
                continue
            CalendarDay.objects.update_or_create(
                calendar_year=row, day=day, defaults={"is_workday": works, "name": name}
            )
            changed = True
    if changed:
        row.entered_by_hand = True
        row.save(update_fields=["entered_by_hand"])
        _restamp(row.entered_at)
    return changed


def _restamp(at: dt.datetime) -> None:
    CalendarStamp.objects.update_or_create(pk=1, defaults={"stamp": uuid.uuid4(), "changed_at": at})
