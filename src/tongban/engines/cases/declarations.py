"""What this slice declares to the slices below it."""

from __future__ import annotations

from tongban.engines.cases import permissions
from tongban.engines.cases.actions.checking import hearing_announced_in_time, no_rejected_material
from tongban.engines.cases.actions.definitions import load_processes
from tongban.engines.cases.registers import register_check
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register permissions, policies, checks and the pack section ``processes``."""
    permissions.declare()
    register_check("no_rejected_material", no_rejected_material)
    register_check("hearing_announced_in_time", hearing_announced_in_time)
    register_section(Section("processes", "processes/*.yaml", 50, load_processes))
