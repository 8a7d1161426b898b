"""Load packs from their folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.foundation.clock.now import now
from tongban.foundation.packs.actions import load_pack
from tongban.foundation.packs.errors import PackError


class Command(BaseCommand):
    """``manage.py load_pack law hubei``: load packs by name (under ``packs/``) or by folder, in the order given."""

    help = "Load packs by name or folder; loading twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the packs, and whether any change is a failure."""
        parser.add_argument("packs", nargs="+")
        parser.add_argument("--expect-unchanged", action="store_true", help="Fail if anything was created or changed.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each pack and report by section."""
        touched = 0
        for name in options["packs"]:
            root = Path(name) if Path(name).is_dir() else settings.PROJECT_ROOT / "packs" / name
            try:
                outcomes = load_pack(root=root, at=now(), progress=self.stdout.write)
            except PackError as wrong:
                raise CommandError(f"{root.name}:\n{wrong}") from wrong
            touched += sum(outcome.created + outcome.changed for outcome in outcomes.values())
        if options["expect_unchanged"] and touched:
            msg = f"{touched} rows were created or changed by a load that should change nothing"
            raise CommandError(msg)
