"""Compile the translation catalogs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tongban.interfaces.console.catalogs import compile_all


class Command(BaseCommand):
    """``manage.py compile_catalogs``: compile every catalog whose source is newer."""

    help = "Compile the translation catalogs (GNU gettext is not needed)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile and say how many."""
        self.stdout.write(f"{compile_all()} catalogs compiled")
