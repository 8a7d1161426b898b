"""What publishing registers with the slices below: permissions and the sections of a pack."""

from __future__ import annotations

from tongban.engines.publishing import permissions
from tongban.engines.publishing.library import load_laws
from tongban.engines.publishing.loading import load_sites, load_subjects, load_words
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register permissions and policies, and declare the sections of a pack."""
    permissions.declare()
    register_section(Section("portal", "portal/s[ci]*.yaml", 70, load_sites))
    register_section(Section("subjects", "portal/subjects.yaml", 71, load_subjects))
    register_section(Section("words", "portal/words.yaml", 72, load_words))
    register_section(Section("library", "portal/library/*.yaml", 73, load_laws))
