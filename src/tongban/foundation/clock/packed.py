"""Calendars straight from a pack's files, for a count without a database and for tests of pure rules."""

from __future__ import annotations

from pathlib import Path

from tongban.foundation.clock.overlays import overlaid, places_holding
from tongban.foundation.clock.rules import Calendar, YearDays
from tongban.foundation.clock.schemas import CalendarFile
from tongban.foundation.packs.reading import parse, read_yaml


def packed_years(root: Path, jurisdiction: str = "") -> list[YearDays]:
    """Return the years of ``calendars/*.yaml`` in a pack, local days laid over the national ones.

    :raises PackError: if a file is wrong
    """
    files = [parse(CalendarFile, read_yaml(path, root=root)) for path in sorted(root.glob("calendars/*.yaml"))]
    years = {file.year: file.year_days() for file in files if not file.jurisdiction}
    for place in places_holding(jurisdiction)[1:]:
        for file in files:
            if file.jurisdiction == place and file.year in years:
                years[file.year] = overlaid(years[file.year], file.year_days())
    return list(years.values())


def packed_calendar(root: Path, jurisdiction: str = "") -> Calendar:
    """Return the calendar of a pack.

    :raises PackError: if a file is wrong
    :raises ClockError: ``calendar.empty`` if it holds none
    """
    return Calendar(packed_years(root, jurisdiction), jurisdiction=jurisdiction)
