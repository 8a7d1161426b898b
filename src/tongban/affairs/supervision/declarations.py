"""What this slice declares to the slices below."""

from __future__ import annotations

from tongban.affairs.supervision import permissions
from tongban.affairs.supervision.actions.objections import ALARMS
from tongban.affairs.supervision.loading import load_rules
from tongban.engines.indicators.registers import register_source
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register permissions and the pack section ``supervision``."""
    permissions.declare()
    register_source(ALARMS)
    register_section(Section("supervision", "supervision/rules.yaml", 60, load_rules))
