"""What this slice declares to the slices beside it."""

from __future__ import annotations

from tongban.foundation.clock.loading import load_calendars, load_rules
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register the pack sections ``calendars`` and ``rules``."""
    register_section(Section("calendars", "calendars/*.yaml", 10, load_calendars))
    register_section(Section("rules", "rules/*.yaml", 20, load_rules))
