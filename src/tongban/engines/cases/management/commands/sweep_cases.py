"""Turn lights and let limits take effect now, as the job of every minute does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tongban.engines.cases.actions import sweep
from tongban.foundation.clock.now import now


class Command(BaseCommand):
    """``manage.py sweep_cases``."""

    help = "Turn lights and let limits that have run out take effect."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep and say what was done."""
        result = sweep(at=now(), progress=lambda count: self.stdout.write(f"  {count} cases"))
        self.stdout.write(
            f"looked at {result.checked}, lights turned {result.turned}, effects of the law {result.settled}"
        )
