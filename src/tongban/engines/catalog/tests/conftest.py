from __future__ import annotations

from pathlib import Path

import pytest

from tongban.engines.catalog.tests import material


@pytest.fixture
def pack(tmp_path: Path, db: None) -> Path:
    """A pack folder whose regions, units, themes and events are loaded."""
    material.organize()
    material.load_lists(tmp_path)
    return tmp_path
