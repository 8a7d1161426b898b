"""``manage.py inspect_sites``: the nightly inspection, now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tongban.affairs.disclosure.actions.inspecting import inspect
from tongban.affairs.disclosure.actions.telling import tell_units
from tongban.affairs.disclosure.fetching import fetch_from
from tongban.foundation.clock.now import now


class Command(BaseCommand):
    """Inspect sites and print what was found."""

    help = "Inspect the sites as the nightly job does: upkeep of columns, guides, page tags, links, accessibility."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the sites, and whether pages are fetched."""
        parser.add_argument("sites", nargs="*", help="Codes of sites; all of them if none is named.")
        parser.add_argument("--without-pages", action="store_true", help="Look only at what the database tells.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Inspect, tell the units, print the sums."""
        fetch = None if options["without_pages"] else fetch_from(settings.BASE_URL)
        done = inspect(
            at=now(), fetch=fetch, root=settings.BASE_URL, codes=options["sites"], progress=self.stdout.write
        )
        told = tell_units(at=now(), root=settings.BASE_URL)
        self.stdout.write(
            f"{done.sites} sites: {done.opened} new findings, {done.kept} kept, {done.resolved} gone; {told} messages"
        )
