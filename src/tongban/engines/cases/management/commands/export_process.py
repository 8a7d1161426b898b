"""Write a process as BPMN 2.0."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.engines.cases.export import bpmn
from tongban.engines.cases.models import ProcessDefinition


class Command(BaseCommand):
    """``manage.py export_process licensing-review [--version-number 1] > licensing-review.bpmn``."""

    help = "Write a published process as BPMN 2.0 XML with its drawing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the process and its version (the newest by default)."""
        parser.add_argument("code")
        parser.add_argument("--version-number", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the XML to standard output."""
        rows = ProcessDefinition.objects.filter(code=options["code"]).order_by("-version")
        if options["version_number"]:
            rows = rows.filter(version=options["version_number"])
        found = rows.first()
        if found is None:
            raise CommandError(f"there is no process {options['code']}")
        self.stdout.write(bpmn(found))
