"""Bring an installation up to date."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tongban.interfaces.console.catalogs import compile_all
from tongban.interfaces.console.running.progress import say, step


class Command(BaseCommand):
    """``manage.py prepare``: tables, texts and static files; with ``--demo`` the demonstration province as well.

    It may be run at any time; what is up to date is left alone.
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
            with step("Load the demonstration province (the first time takes a while)"):
                call_command("load_demo", stdout=self.stdout, stderr=self.stderr)

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
        mark = settings.OPTIONS.home / "prepared.json"
        state = {"static": self._fingerprint()}
        try:
            unchanged = json.loads(mark.read_text(encoding="utf-8")) == state
        except (OSError, ValueError):
            unchanged = False
        if unchanged and Path(settings.STATIC_ROOT, "staticfiles.json").exists():
            return
        with step("Collect the static files"):
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            mark.write_text(json.dumps(state), encoding="utf-8")

    def _fingerprint(self) -> str:
        lines = []
        for finder in get_finders():
            for path, storage in finder.list([]):
                stat = Path(storage.path(path)).stat()
                lines.append(f"{path}:{stat.st_size}:{stat.st_mtime_ns}")
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
