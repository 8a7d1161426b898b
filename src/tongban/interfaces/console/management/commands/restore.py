"""Restore a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.interfaces.console.backups import restore
from tongban.interfaces.console.running.progress import Failure


class Command(BaseCommand):
    """``manage.py restore FOLDER --replace``: put a backup in the place of the present data."""

    help = "Replace the database by a backup and bring back its stored files. Stop the web server and the worker first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder and the confirmation."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--replace", action="store_true", help="Confirm that the present data is to be replaced.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore in one transaction."""
        if not options["replace"]:
            msg = "This replaces the present data. Give --replace if that is meant."
            raise CommandError(msg)
        try:
            restore(options["folder"])
        except Failure as wrong:
            raise CommandError(str(wrong)) from wrong
        self.stdout.write("Restored. Verify the audit record now: manage.py verify_audit")
