"""Publish the service standard of a month that is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongban.affairs.supervision.actions.standard import publish_due, publish_month
from tongban.foundation.clock.now import now


class Command(BaseCommand):
    """``manage.py publish_standard [--month 2026-10]``; the hourly job does the same for the last month."""

    help = "Freeze and publish promised and actual times of a month; a month that is out already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the month."""
        parser.add_argument("--month", help="Month as 2026-10; by default the last one, if it is due.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish and report."""
        at, month = now(), options["month"]
        row = publish_month(month=dt.date.fromisoformat(f"{month}-01"), at=at) if month else publish_due(at=at)
        if row is None:
            self.stdout.write("nothing to publish")
        else:
            self.stdout.write(f"{row.month:%Y-%m}: {row.figures.count()} figures published at {row.published_at}")
