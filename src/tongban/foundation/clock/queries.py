"""Reads: the calendar of a place and the rule of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.models import CalendarDay, CalendarYear, LimitRule
from tongban.foundation.clock.overlays import overlaid, places_holding
from tongban.foundation.clock.rules import Calendar, ClockError, YearDays
from tongban.foundation.rows.stamps import declare, declare_table, stamp

_held: dict[str, tuple[UUID, Calendar]] = {}
_overlays: dict[UUID, frozenset[str]] = {}
RULES = "clock.rules"
declare_table(RULES, "clock_limitrule")
_rules_held: tuple[str | None, dict[str, list[LimitRule]]] = (None, {})
ALARM_MONTH = 11
"""The State Council publishes a year's arrangement in the November before, as a rule."""

CALENDARS = "clock.calendars"
declare(CALENDARS, "SELECT stamp FROM clock_calendarstamp LIMIT 1")


class RuleMissingError(ClockError):
    """No version of a rule is in force for a place and a day."""


def calendar_for(jurisdiction: str = "") -> Calendar:
    """Return the calendar of a region: the nation's, overlaid by those of the regions that hold it (CNT-08).

    Kept in the process until any calendar changes; costs one look-up of the stamp.

    :param jurisdiction: a region code of any length; empty for the nation
    :raises ClockError: ``calendar.empty`` if no calendar is loaded (``manage.py load_pack law`` loads them)
    """
    now = stamp(CALENDARS)
    if now is None:
        raise ClockError("calendar.empty")
    place = _place_with_days_of_its_own(jurisdiction, now)
    held = _held.get(place)
    if held is not None and held[0] == now:
        return held[1]
    calendar = Calendar(_years(place), jurisdiction=place)
    _held[place] = (now, calendar)
    return calendar


def _place_with_days_of_its_own(jurisdiction: str, now: UUID) -> str:
    """Return the smallest region around a place that has a calendar of its own; all places in it share that calendar."""
    if now not in _overlays:
        rows = CalendarYear.objects.exclude(jurisdiction="").values_list("jurisdiction", flat=True)
        _overlays.clear()
        _overlays[now] = frozenset(rows)
    return next((place for place in reversed(places_holding(jurisdiction)) if place in _overlays[now]), "")


def _years(jurisdiction: str) -> Iterable[YearDays]:
    return _laid(_held_years(jurisdiction)).values()


def _held_years(jurisdiction: str) -> dict[tuple[str, int], YearDays]:
    """Return the years of every place that holds a region, the nation's first."""
    rows = CalendarYear.objects.filter(jurisdiction__in=places_holding(jurisdiction)).order_by("jurisdiction", "year")
    days: dict[int, list[CalendarDay]] = {}
    for day in CalendarDay.objects.filter(calendar_year__in=rows):
        days.setdefault(day.calendar_year_id, []).append(day)
    return {
        (row.jurisdiction, row.year): YearDays(
            row.year,
            row.status == CalendarYear.Status.OFFICIAL,
            {each.day: each.name for each in days.get(row.pk, []) if not each.is_workday},
            {each.day: each.name for each in days.get(row.pk, []) if each.is_workday},
        )
        for row in rows
    }


def _laid(held: Mapping[tuple[str, int], YearDays]) -> dict[int, YearDays]:
    years: dict[int, YearDays] = {}
    for (place, year), lying in sorted(held.items(), key=lambda item: item[0]):
        if not place:
            years[year] = lying
        elif year in years:  # an overlay without the national year says nothing about the rest of the year
            years[year] = overlaid(years[year], lying)
    return years


def place_of(jurisdiction: str) -> str:
    """Return the smallest place around a region that has days of its own (empty: the nation); its calendar holds there."""
    return _place_with_days_of_its_own(jurisdiction, stamp(CALENDARS))


def calendar_if(arrangement: YearEntry, jurisdiction: str = "") -> Calendar:
    """Return the calendar that a region would have if an arrangement took effect."""
    held = _held_years(jurisdiction)
    if jurisdiction.startswith(arrangement.jurisdiction):
        for year in (arrangement.year - 1, arrangement.year, arrangement.year + 1):
            key = (arrangement.jurisdiction, year)
            closed = {day: name for day, name in arrangement.days_off.items() if day.year == year}
            opened = {day: name for day, name in arrangement.make_up.items() if day.year == year}
            if year == arrangement.year:
                held[key] = YearDays(year, official=True, closed=closed, open=opened)
            elif key in held and (closed or opened):
                held[key] = _with_days(held[key], closed, opened)
    return Calendar(_laid(held).values(), jurisdiction=jurisdiction)


def _with_days(year: YearDays, closed: Mapping[dt.date, str], opened: Mapping[dt.date, str]) -> YearDays:
    return replace(
        year,
        closed={**{day: name for day, name in year.closed.items() if day not in opened}, **closed},
        open={**{day: name for day, name in year.open.items() if day not in closed}, **opened},
    )


def missing_year(today: dt.date) -> int | None:
    """Return the year whose national arrangement should be entered by now: the next one from 1 November on."""
    official = set(
        CalendarYear.objects.filter(jurisdiction="", status=CalendarYear.Status.OFFICIAL).values_list("year", flat=True)
    )
    wanted = [today.year] if today.month < ALARM_MONTH else [today.year, today.year + 1]
    return next((year for year in wanted if year not in official), None)


def rules_on(day: dt.date, *, jurisdiction: str = "") -> QuerySet[LimitRule]:
    """Return every rule in force on a day for a place, national and local."""
    return LimitRule.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        jurisdiction__in=places_holding(jurisdiction),
    )


def rule(rule_id: str, *, on: dt.date, jurisdiction: str = "") -> LimitRule:
    """Return the rule that applies: of the smallest jurisdiction that holds the place, in force on the day.

    :param on: the day that decides, usually that of acceptance (a running case keeps the rule it began with)
    :raises RuleMissingError: ``rule.missing`` if none is in force
    """
    places = places_holding(jurisdiction)
    rows = [row for row in _rules().get(rule_id, ()) if row.jurisdiction in places]
    found = [row for row in rows if (row.valid_from or on) <= on <= (row.valid_to or on)]
    best = max(found, key=lambda each: (len(each.jurisdiction), each.version), default=None)
    if best is None:
        raise RuleMissingError("rule.missing", rule=rule_id, on=on, jurisdiction=jurisdiction)
    return best


def _rules() -> dict[str, list[LimitRule]]:
    """Return the rules by their own id and by that of the rule they override, kept until any rule changes."""
    global _rules_held  # noqa: PLW0603 - what the process keeps
    now = stamp(RULES)
    if _rules_held[0] != now:
        found: dict[str, list[LimitRule]] = {}
        for row in LimitRule.objects.order_by("pk"):
            for name in {row.rule_id, row.overrides} - {""}:
                found.setdefault(name, []).append(row)
        _rules_held = (now, found)
    return _rules_held[1]


def held_version(rule_id: str, version: str) -> LimitRule | None:
    """Return the national version of a rule that a clock has frozen, or None if it is not held (kept, like all rules)."""
    rows = _rules().get(rule_id, []) if rule_id else []
    return next((row for row in rows if row.rule_id == rule_id and str(row.version) == version), None)


def rule_by_key(key: str) -> LimitRule:
    """Return the very version a case has stored (``LimitRule.key``).

    :raises RuleMissingError: ``rule.missing`` if there is none
    """
    head, _, version = key.rpartition(".v")
    rule_id, _, place = head.partition("@")
    found = LimitRule.objects.filter(
        rule_id=rule_id, jurisdiction="" if place == "CN" else place, version=int(version) if version.isdigit() else 0
    ).first()
    if found is None:
        raise RuleMissingError("rule.missing", rule=key, on="", jurisdiction=place)
    return found


def unchecked_since(day: dt.date) -> QuerySet[LimitRule]:
    """Return the rules that nobody has checked against their source since a day (for the yearly review)."""
    return LimitRule.objects.filter(checked_on__lt=day, valid_to__isnull=True).order_by("checked_on", "rule_id")


def last_official_day(jurisdiction: str = "") -> dt.date:
    """Return the last day of the unbroken run of published years; dates beyond it are provisional."""
    calendar = calendar_for(jurisdiction)
    year = calendar.first.year
    while calendar.is_official(dt.date(year, 1, 1)):
        year += 1
    return dt.date(year - 1, 12, 31)
