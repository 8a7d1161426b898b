"""What the shape tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tongban"
RINGS = ("foundation", "engines", "affairs", "interfaces")
"""From the lowest to the highest."""


def slices() -> list[Path]:
    """Every folder of a ring that holds Python."""
    return [path for ring in RINGS for path in sorted((SOURCE / ring).iterdir()) if (path / "__init__.py").exists()]


def python_files() -> Iterator[Path]:
    for base in (ROOT / "src", ROOT / "tests"):
        yield from (path for path in sorted(base.rglob("*.py")) if "migrations" not in path.parts)
    yield from (ROOT / "tb.py", ROOT / "manage.py", ROOT / "conftest.py")


def templates() -> Iterator[tuple[Path, Path]]:
    """Every template with the slice it belongs to."""
    for folder in slices():
        for path in sorted((folder / "templates").rglob("*")):
            if path.is_file() and path.suffix in (".html", ".txt", ".svg"):
                yield folder, path


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
