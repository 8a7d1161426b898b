"""Print every setting."""

from __future__ import annotations

import textwrap
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tongban.settings.options import PREFIX, Options

SECRETS = ("_key", "_secret", "_token", "_url")
"""Endings of names whose value may hold a secret."""


class Command(BaseCommand):
    """``manage.py settings_help``: the table of settings with default, present value and meaning."""

    help = "Print every setting with its default, its present value and its meaning."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the table."""
        parser.add_argument("--markdown", action="store_true", help="Print a table for the documentation.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print name, default, present value if it differs, and help."""
        rows = [self._row(name) for name in Options.model_fields]
        if options["markdown"]:
            self.stdout.write("| Variable | Default | Meaning |\n| --- | --- | --- |")
            for name, default, _present, text in rows:
                self.stdout.write(f"| `{name}` | {f'`{default}`' if default else ''} | {text} |")
            return
        for name, default, present, text in rows:
            self.stdout.write(f"{name}   [{default or 'empty'}]{f'   now: {present}' if present != default else ''}")
            self.stdout.write(textwrap.indent(textwrap.fill(text, 100), "    "))

    def _row(self, name: str) -> tuple[str, str, str, str]:
        field = Options.model_fields[name]
        default = str(field.default)
        if name == "home":
            default = ".tongban"
        present = str(getattr(settings.OPTIONS, name))
        if name.endswith(SECRETS) and name != "base_url" and present != default:
            present = "(set)"
        return f"{PREFIX}{name.upper()}", default, present, field.description or ""
