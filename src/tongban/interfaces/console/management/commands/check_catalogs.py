"""Check that every text has its English translation, and only one."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.interfaces.console.catalogs import append_missing, clashes, gaps, own_apps, settle


class Command(BaseCommand):
    """``manage.py check_catalogs``: list the texts that lack an English translation in their own app's catalog."""

    help = "List texts without an English translation; --write adds them to the catalogs, to be filled in."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the apps to look at, and whether to write."""
        parser.add_argument("--app", action="append", metavar="LABEL", help="Only this app; may be repeated.")
        parser.add_argument("--write", action="store_true", help="Append missing texts with an empty translation.")
        parser.add_argument(
            "--settle", action="store_true", help="Give texts with several translations the one that readers see today."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every gap and fail if there is one."""
        chosen = self._chosen(options["app"])
        if options["write"]:
            for app in chosen:
                added = append_missing(app)
                if added:
                    self.stdout.write(f"{app.label}: {added} texts added")
        if options["settle"]:
            self.stdout.write(f"{settle()} texts settled")
        found = [gap for app in chosen for gap in gaps(app)]
        for gap in found:
            self.stdout.write(f"[{gap.app}] {gap}")
        if found:
            msg = f"{len(found)} texts lack an English translation; add them with --write and fill them in"
            raise CommandError(msg)
        several = clashes()
        for clash in several:
            self.stdout.write(str(clash))
        if several:
            msg = f"{len(several)} texts have several translations, of which one hides the others: agree on one, or give contexts"
            raise CommandError(msg)
        self.stdout.write("All texts have their English translation, and one each")

    def _chosen(self, labels: list[str] | None) -> list[AppConfig]:
        known = {app.label: app for app in own_apps()}
        unknown = set(labels or ()) - set(known)
        if unknown:
            msg = f"No such app: {', '.join(sorted(unknown))}. There are: {', '.join(known)}"
            raise CommandError(msg)
        return [app for label, app in known.items() if not labels or label in labels]
