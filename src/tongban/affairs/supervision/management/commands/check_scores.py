"""Derive scores again and compare them with what is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.affairs.supervision.actions import scoring
from tongban.affairs.supervision.queries.scores import scored_months


class Command(BaseCommand):
    """``manage.py check_scores``: exit code 1 if a standing, a volume or an alarm's points differ."""

    help = (
        "Derive every monthly score again from the ledger, the alarms and the cases, and compare it with what is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the month."""
        parser.add_argument("--month", default="", help="YYYY-MM; without it every month that has scores.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Compare and report."""
        months = [dt.date.fromisoformat(f"{options['month']}-01")] if options["month"] else scored_months()
        problems = scoring.check(months)
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            msg = f"{len(problems)} differences; run supervision.settle_scores or look at the lines above"
            raise CommandError(msg)
        self.stdout.write(f"{len(months)} months: scores agree with ledger, alarms and cases")
