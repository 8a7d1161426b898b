"""What this slice tells the slices below: permissions and the pack section ``scores``."""

from __future__ import annotations

from tongban.engines.indicators import permissions
from tongban.engines.indicators.loading import load_schemes
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register everything."""
    permissions.declare()
    register_section(Section(name="scores", pattern="scores/*.yaml", order=45, load=load_schemes))
