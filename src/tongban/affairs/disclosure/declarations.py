"""What this slice tells the slices below, and which messages of the public its own inspection counts."""

from __future__ import annotations

from tongban.affairs.disclosure import permissions
from tongban.affairs.disclosure.loading import load_indicators
from tongban.affairs.disclosure.queries.upkeep import unanswered_requests
from tongban.affairs.disclosure.registers import register_message_source
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register everything."""
    permissions.declare()
    register_message_source("information-requests", unanswered_requests)
    register_section(Section(name="inspection", pattern="inspection/*.yaml", order=75, load=load_indicators))
