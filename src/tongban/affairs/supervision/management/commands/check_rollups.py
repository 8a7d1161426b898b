"""Compare supervision's figures with a fresh count of the cases."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongban.affairs.supervision.actions import rollups
from tongban.foundation.clock.now import now


class Command(BaseCommand):
    """``manage.py check_rollups [--since DAY] [--repair]``: exit code 1 if something differed and was not repaired."""

    help = "Count supervision's figures again from cases, tasks and clocks, and name every unit and day that differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the first day and whether to repair."""
        parser.add_argument(
            "--since", type=dt.date.fromisoformat, help="First day (ISO); the oldest case's by default."
        )
        parser.add_argument("--repair", action="store_true", help="Put right what differs.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and report."""
        at = now()
        since = options["since"] or rollups.first_day() or at.date()
        found = rollups.check(at=at, since=since, repair=options["repair"])
        for table, unit, day in found.differing[:50]:
            self.stdout.write(f"differs: {table}, unit {unit}, {day or 'now'}")
        self.stdout.write(f"{found.units} units from {since} on: {len(found.differing)} differ")
        if found.differing and not found.repaired:
            sys.exit(1)
