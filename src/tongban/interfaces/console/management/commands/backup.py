"""Back the platform up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.interfaces.console.backups import back_up
from tongban.interfaces.console.running.progress import Failure


class Command(BaseCommand):
    """``manage.py backup FOLDER``: the database as a dump and the stored files."""

    help = "Write a dump of the database and a copy of the stored files into a new folder."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up."""
        try:
            back_up(options["folder"])
        except Failure as wrong:
            raise CommandError(str(wrong)) from wrong
        self.stdout.write(f"Backed up to {options['folder']}. Keep the field key apart from it.")
