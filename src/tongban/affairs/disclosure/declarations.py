"""What this slice tells the slices below: permissions and the pack section ``inspection``."""

from __future__ import annotations

from tongban.affairs.disclosure import permissions
from tongban.affairs.disclosure.loading import load_indicators
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register everything."""
    permissions.declare()
    register_section(Section(name="inspection", pattern="inspection/*.yaml", order=75, load=load_indicators))
