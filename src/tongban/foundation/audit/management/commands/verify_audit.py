"""Prove that the audit record is whole."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongban.foundation.audit.queries import verify


class Command(BaseCommand):
    """``manage.py verify_audit [--stream NAME]``: exit code 1 and the first bad event of each broken stream."""

    help = "Recompute every hash chain of the audit record; exit 1 and name the first bad stream/seq if one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one stream, or none for all."""
        parser.add_argument("--stream", default="", help="Verify only this stream, such as case:420102261121000001.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report."""
        result = verify(options["stream"])
        for flaw in result.flaws[:20]:
            self.stderr.write(str(flaw))
        if not result.whole:
            self.stderr.write(f"{len(result.flaws)} of {result.streams} streams are broken")
            sys.exit(1)
        self.stdout.write(f"{result.events} events in {result.streams} streams are whole")
