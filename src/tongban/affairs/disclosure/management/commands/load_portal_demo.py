"""Fill the site group of the demonstration province."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tongban.affairs.disclosure.actions.inspecting import inspect
from tongban.affairs.disclosure.demo.quarter import fill_quarter
from tongban.affairs.disclosure.demo.site import fill
from tongban.affairs.disclosure.demo.visits import fill_visits
from tongban.foundation.clock.now import now, today


class Command(BaseCommand):
    """``manage.py load_portal_demo``: idempotent; a second run finds everything there."""

    help = "Fill the sites of the demonstration province with items; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, and say how many items were made and in what time."""
        started = time.monotonic()
        made = fill(now=now())
        said = f"{made} items in {time.monotonic() - started:.0f} s" if made else "already there"
        self.stdout.write(f"portal: {said}")
        self.stdout.write(f"submissions: {fill_quarter(now=now())} of the last quarter")
        self.stdout.write(f"visits: {fill_visits(today=today())} invented views")
        found = inspect(at=now(), fetch=None, root=settings.BASE_URL)
        self.stdout.write(f"inspection: {found.sites} sites, {found.opened} new findings")
