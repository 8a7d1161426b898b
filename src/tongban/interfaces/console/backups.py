"""Backs the platform up into a folder and restores it: the database as a dump, and the stored files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from tongban.interfaces.console.running import binaries
from tongban.interfaces.console.running.progress import Failure

DUMP = "database.dump"
FILES = "files"


def back_up(folder: Path) -> None:
    """Write a dump of the database and a copy of the stored files into a new folder.

    The database goes first: a file is always stored before the row that names it.

    :raises Failure: if the folder exists or a tool fails
    """
    if folder.exists() and any(folder.iterdir()):
        msg = f"{folder} is not empty; name a new folder, so that no older backup is overwritten"
        raise Failure(msg)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={folder / DUMP}"])
    stored = Path(settings.MEDIA_ROOT)
    if stored.is_dir():
        shutil.copytree(stored, folder / FILES)


def restore(folder: Path) -> None:
    """Replace the database's content by a backup, and bring back its files; files stored since then stay.

    :raises Failure: if the folder holds no backup or a tool fails; the database is then as before
    """
    dump = folder / DUMP
    if not dump.is_file():
        msg = f"{folder} holds no backup: {DUMP} is missing"
        raise Failure(msg)
    _run("pg_restore", ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", str(dump)])
    if (folder / FILES).is_dir():
        shutil.copytree(folder / FILES, settings.MEDIA_ROOT, dirs_exist_ok=True)


def _run(program: str, arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's tools on the platform's database; the password never stands on a command line."""
    database = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(database[key]) for variable, key in names.items() if database[key]}
    target = ["--dbname", given["PGDATABASE"]] if program == "pg_restore" else []
    done = subprocess.run(
        [_tool(program), *target, *arguments], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        msg = f"{program} failed:\n{done.stderr.strip()}"
        raise Failure(msg)


def _tool(program: str) -> Path:
    for found in binaries.candidates():
        if (found.folder / program).is_file():
            return found.folder / program
    msg = f"{program} is not here; install PostgreSQL's client programs"
    raise Failure(msg)
