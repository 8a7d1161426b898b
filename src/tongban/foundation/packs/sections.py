"""The register of what a pack may hold; each slice registers its own section and how to load it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.foundation.packs.reading import Document


@dataclass(slots=True)
class Outcome:
    """How many rows a section created, changed, and found as they should be."""

    created: int = 0
    changed: int = 0
    same: int = 0

    def count(self, *, created: bool, changed: bool) -> None:
        """Count one row."""
        if created:
            self.created += 1
        elif changed:
            self.changed += 1
        else:
            self.same += 1


@dataclass(frozen=True, slots=True)
class Loading:
    """What a loader is told: the pack's folder and name, and the moment of loading."""

    root: Path
    pack: str
    at: dt.datetime


Load = Callable[[Sequence[Document], Loading], Outcome]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of content.

    ``pattern`` is a glob inside the pack (``*.yaml`` or ``*.csv``); sections load in ``order``; ``load`` gets all
    documents of the section, must be idempotent, and raises :class:`PackError` before it writes anything wrong.
    """

    name: str
    pattern: str
    order: int
    load: Load


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    """Declare a section (again with the same name replaces it, so that reloading a module does no harm)."""
    _sections[section.name] = section


def sections() -> list[Section]:
    """Return the sections in loading order."""
    return sorted(_sections.values(), key=lambda section: (section.order, section.name))
