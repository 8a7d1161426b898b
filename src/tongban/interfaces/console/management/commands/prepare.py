"""Bring an installation up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tongban.interfaces.console.catalogs import compile_all
from tongban.interfaces.console.running.demo import ACCOUNTS
from tongban.interfaces.console.running.progress import say, step


class Command(BaseCommand):
    """``manage.py prepare``: tables, texts and static files; with ``--demo`` the demonstration province as well.

    It may be run at any time; what is up to date is left alone. What was last prepared is noted in ``prepared.json`` of the
    data directory.
    """

    help = "Migrate, compile catalogs, collect static files; --demo loads the demonstration province."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to load the demonstration."""
        parser.add_argument(
            "--demo", action="store_true", help="Load the demonstration province, accounts and history."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out the steps that are needed."""
        with step("Compile the translations"):
            say(f"    {compile_all()} catalogs changed")
        self._migrate()
        self._collect_static()
        if options["demo"]:
            self._load_demo()
            with (settings.OPTIONS.home / ACCOUNTS).open("w", encoding="utf-8") as file:
                call_command("demo_accounts", stdout=file)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        with step("Bring the tables up to date"):
            if plan:
                say(f"    {len(plan)} migrations")
                call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)

    def _collect_static(self) -> None:
        """Collect static files if one of them changed since the last time."""
        found = (Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([]))
        state = _fingerprint(found)
        if _noted("static") == state and Path(settings.STATIC_ROOT, "staticfiles.json").exists():
            return
        with step("Collect the static files"):
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        _note("static", state)

    def _load_demo(self) -> None:
        """Load the demonstration if packs, program or database changed since the last time."""
        packs = (path for path in (settings.PROJECT_ROOT / "packs").rglob("*") if path.is_file())
        state = _fingerprint([*packs, *settings.SOURCE_ROOT.rglob("*.py")], _database_identity())
        if _noted("demo") == state:
            return
        with step("Load the demonstration province (the first time takes a few minutes)"):
            call_command("load_demo", stdout=self.stdout, stderr=self.stderr)
        _note("demo", state)


def _database_identity() -> str:
    """Return what tells this database from any other, also from one of the same name made anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        return f"{connection.settings_dict['HOST']}:{connection.settings_dict['NAME']}:{cursor.fetchone()[0]}"


def _fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Return a short text that changes when a file is added, removed or changed."""
    lines = sorted(f"{path}:{(stat := path.stat()).st_size}:{stat.st_mtime_ns}" for path in paths)
    return hashlib.sha256("\n".join([*lines, *more]).encode()).hexdigest()


def _notes() -> dict[str, str]:
    try:
        return dict(json.loads((settings.OPTIONS.home / "prepared.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _noted(name: str) -> str | None:
    return _notes().get(name)


def _note(name: str, state: str) -> None:
    path = settings.OPTIONS.home / "prepared.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_notes() | {name: state}), encoding="utf-8")
