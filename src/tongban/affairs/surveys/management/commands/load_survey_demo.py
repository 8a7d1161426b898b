"""Fill the surveys and interviews of the demonstration province."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from tongban.affairs.surveys.demo import fill
from tongban.foundation.clock.now import now


class Command(BaseCommand):
    """``manage.py load_survey_demo``: idempotent; a second run finds everything there."""

    help = "Make invented surveys, consultations and interviews; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, and say how many were made and in what time."""
        started = time.monotonic()
        made = fill(now=now())
        said = f"{made} made in {time.monotonic() - started:.1f} s" if made else "already there"
        self.stdout.write(f"surveys and interviews: {said}")
