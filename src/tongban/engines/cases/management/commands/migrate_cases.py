"""Move running cases from one version of a process to another; without --write only say what would happen."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.engines.cases.actions.migrating import migrate_cases, plan_migration
from tongban.engines.cases.models import ProcessDefinition
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.actor import system_actor


class Command(BaseCommand):
    """``manage.py migrate_cases licensing-review 1 2 --rename review=examine [--write]``."""

    help = "Move running cases to another version of their process (a dry run unless --write is given)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the process, the two versions, and renamed steps."""
        parser.add_argument("code")
        parser.add_argument("source", type=int)
        parser.add_argument("target", type=int)
        parser.add_argument("--rename", action="append", default=[], metavar="OLD=NEW")
        parser.add_argument("--write", action="store_true", help="Do it; without this nothing changes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Plan, say, and move if asked to."""
        renamed = dict(pair.split("=", 1) for pair in options["rename"] if "=" in pair)
        plan = plan_migration(
            source=self._definition(options["code"], options["source"]),
            target=self._definition(options["code"], options["target"]),
            renamed=renamed,
        )
        self.stdout.write(f"{plan.source} → {plan.target}: {plan.cases} live cases")
        for step, count in sorted(plan.steps.items()):
            place = "!" if step in plan.homeless else renamed.get(step, step)
            self.stdout.write(f"  {step} → {place}: {count}")
        if not plan.possible:
            raise CommandError(f"no place for {', '.join(plan.homeless)}; name it with --rename OLD=NEW")
        if options["write"]:
            result = migrate_cases(plan=plan, by=system_actor("operator"), at=now())
            self.stdout.write(f"moved {result.moved} cases")
        else:
            self.stdout.write("dry run: nothing was changed; add --write to do it")

    def _definition(self, code: str, version: int) -> ProcessDefinition:
        found = ProcessDefinition.objects.filter(code=code, version=version).first()
        if found is None:
            raise CommandError(f"there is no {code} v{version}")
        return found
