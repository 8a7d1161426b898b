"""Give out and withdraw keys of the API."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import now
from tongban.interfaces.api.tokens import create_token, revoke_token


class Command(BaseCommand):
    """``manage.py api_token firm --name exchange``: print a new key; ``--revoke`` withdraws it."""

    help = "Create a key by which a machine acts for an account, or withdraw it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account and the key's name."""
        parser.add_argument("username")
        parser.add_argument("--name", default="default", help="What the key is for; one key a name.")
        parser.add_argument("--revoke", action="store_true", help="Withdraw the key of this name.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create or withdraw."""
        account = Account.objects.filter(username=options["username"], is_active=True).first()
        if account is None:
            raise CommandError(f"no active account is named {options['username']}")
        if options["revoke"]:
            if not revoke_token(account=account, name=options["name"], by="console", at=now()):
                raise CommandError(f"{options['username']} has no key named {options['name']}")
            self.stdout.write("revoked")
            return
        self.stdout.write(create_token(account=account, name=options["name"], by="console", at=now()))
