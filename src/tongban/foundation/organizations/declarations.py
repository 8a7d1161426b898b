"""What this slice registers with lower slices."""

from __future__ import annotations

from tongban.foundation.organizations.loading import load_regions, load_units
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register the pack sections."""
    register_section(Section("regions", "regions.csv", 10, load_regions))
    register_section(Section("units", "units/*.yaml", 20, load_units))
