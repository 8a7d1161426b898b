"""Enter alarms and derive months by hand, such as after the history of an installation was brought in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongban.affairs.supervision.actions import bulletins, scoring
from tongban.affairs.supervision.queries.scores import scored_months
from tongban.foundation.clock.now import now, today
from tongban.foundation.organizations.actor import system_actor


class Command(BaseCommand):
    """``manage.py settle_scores``: idempotent."""

    help = (
        "Enter standing alarms into the ledger, derive every month since one, and publish the bulletins that are due."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the first month."""
        parser.add_argument("--since", default="", help="YYYY-MM; by default the month before the present one.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Enter, derive, publish."""
        by, at = system_actor("supervision.settle_scores"), now()
        entered = scoring.enter_and_settle(by=by, at=at)
        self.stdout.write(f"alarms: {len(entered.entered)} entered, {len(entered.taken_back)} taken back")
        last = today().replace(day=1)
        first = dt.date.fromisoformat(f"{options['since']}-01") if options["since"] else last - dt.timedelta(days=1)
        for month, done in scoring.settle_since(first=first, last=last, by=by, at=at).items():
            self.stdout.write(f"{month:%Y-%m}: {done.standings} scores, {done.entered} entries made")
        for problem in scoring.mend(scored_months(), by=by, at=at):
            self.stdout.write(f"derived again: {problem}")
        for bulletin in bulletins.publish_due(by=by, at=at):
            self.stdout.write(f"bulletin {bulletin.period} of {bulletin.unit.name}")
