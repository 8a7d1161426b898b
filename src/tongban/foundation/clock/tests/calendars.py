"""The calendars of the law pack without a database, for tests of pure rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from tongban.foundation.clock.rules import Calendar, YearDays
from tongban.foundation.clock.schemas import CalendarFile

PACK = Path(__file__).resolve().parents[5] / "packs" / "law"


@cache
def packed_years() -> tuple[YearDays, ...]:
    """Return every year of the pack."""
    paths = sorted((PACK / "calendars").glob("*.yaml"))
    return tuple(CalendarFile.model_validate(yaml.safe_load(path.read_text("utf-8"))).year_days() for path in paths)


@cache
def national() -> Calendar:
    """Return the nation's calendar as the pack has it."""
    return Calendar(packed_years())
