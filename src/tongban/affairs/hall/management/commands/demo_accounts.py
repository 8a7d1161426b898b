"""Print the demonstration accounts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tongban.affairs.hall.demo.people import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    """``manage.py demo_accounts``: who may sign in to the demonstration, and as what."""

    help = "Print the demonstration accounts, one a line."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print user name, purpose and name; the password is the same for all."""
        for account in ACCOUNTS:
            self.stdout.write(f"{account.username:<18}{account.purpose}  {account.name}")
        self.stdout.write(f"password          {PASSWORD}")
