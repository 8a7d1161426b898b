"""Appoint the first administrators of a new installation, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.actions.founding import AlreadyFoundedError, found_administration
from tongban.foundation.organizations.models import Unit


class Command(BaseCommand):
    """``manage.py first_administrators --unit CODE --system NAME --security NAME --security NAME --audit NAME``."""

    help = (
        "Open the accounts of the first system, audit and two security administrators and print their initial "
        "passwords once. Refuses as soon as any administrator exists; later ones are appointed in the console."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the unit and the sign-in names."""
        parser.add_argument("--unit", required=True, help="Unit code whose region they administer.")
        parser.add_argument("--system", required=True, help="Sign-in name of the system administrator.")
        parser.add_argument("--security", required=True, action="append", help="Two sign-in names: give it twice.")
        parser.add_argument("--audit", required=True, help="Sign-in name of the audit administrator.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found the administration."""
        if len(options["security"]) != 2:
            msg = "--security must be given twice: one proposes a posting, the other confirms it"
            raise CommandError(msg)
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            msg = f"no unit has the code {options['unit']}; load the pack first"
            raise CommandError(msg)
        try:
            made = found_administration(
                unit=unit,
                system=options["system"],
                security=tuple(options["security"]),
                audit=options["audit"],
                at=now(),
            )
        except (AccountError, AlreadyFoundedError) as refused:
            raise CommandError(str(refused)) from refused
        for account, role, password in made:
            self.stdout.write(f"{role.value:16}{account.username:34}{password}")
        self.stdout.write("These passwords are shown once. Each must be changed at the first sign-in.")
