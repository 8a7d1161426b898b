"""What the catalog registers with the slices below."""

from __future__ import annotations

from tongban.engines.catalog.actions import load_events, load_items, load_themes
from tongban.engines.catalog.codes import register_codes
from tongban.foundation.forms.models import FormVersion
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Declare the sections of a pack and the forms that items may name."""
    register_codes("form", lambda: frozenset(FormVersion.objects.values_list("code", flat=True)))
    register_section(Section("themes", "themes.yaml", 40, load_themes))
    register_section(Section("events", "events.yaml", 41, load_events))
    register_section(Section("items", "items/*.yaml", 60, load_items))
