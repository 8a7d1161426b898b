"""Give the demonstration its alarms, orders and scores."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from tongban.affairs.supervision.actions.rollups import refresh
from tongban.affairs.supervision.actions.standard import publish_due
from tongban.affairs.supervision.demo import furnish
from tongban.affairs.supervision.demo_scores import furnish_scores
from tongban.foundation.clock.now import now


class Command(BaseCommand):
    """``manage.py load_supervision_demo``: idempotent; called at the end of ``load_demo``."""

    help = "Count the demonstration's figures, judge its history by the rules of supervision, send a few orders, score its months."

    def handle(self, *args: Any, **options: Any) -> None:
        """Furnish, and say with what and how long it took."""
        started = time.monotonic()
        units = refresh(at=now()).units
        self.stdout.write(f"figures: {units} units counted in {time.monotonic() - started:.0f} s")
        started = time.monotonic()
        alarms, orders = furnish(at=now())
        self.stdout.write(f"supervision: +{alarms} alarms, +{orders} orders in {time.monotonic() - started:.0f} s")
        started = time.monotonic()
        entries, bulletins = furnish_scores(at=now())
        self.stdout.write(f"scores: +{entries} entries, +{bulletins} bulletins in {time.monotonic() - started:.0f} s")
        month = publish_due(at=now())
        self.stdout.write(
            f"service standard: {month.month:%Y-%m} published" if month else "service standard: already there"
        )
