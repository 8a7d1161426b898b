"""Load the demonstration province: packs, people, and a history made by the real actions."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.affairs.hall.demo import people
from tongban.affairs.hall.demo.history import prepare, run
from tongban.affairs.hall.demo.newer import play_newer
from tongban.engines.cases.models import Case
from tongban.foundation.clock.now import now
from tongban.foundation.packs.actions import load_pack
from tongban.foundation.packs.errors import PackError

PACKS = ("law", "hubei")


class Command(BaseCommand):
    """``manage.py load_demo``: idempotent; a second run finds everything there."""

    help = "Load the demonstration province with invented people and a history of cases; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size of the history."""
        parser.add_argument("--cases", type=int, default=2000, help="How many cases the history holds.")
        parser.add_argument("--days", type=int, default=150, help="How many days the history reaches back.")
        parser.add_argument("--processes", type=int, default=0, help="Processes that make it; 0 means one a core.")
        parser.add_argument("--shard", default="", help="Part/parts: make only this part (used by the command itself).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load packs and people, then make the history in parallel."""
        if options["shard"]:
            self._shard(options)
            return
        self._packs()
        created = people.create_accounts(at=now())
        self.stdout.write(f"accounts: +{created}")
        if options["cases"]:
            call_command("load_portal_demo", stdout=self.stdout, stderr=self.stderr)
            call_command("load_survey_demo", stdout=self.stdout, stderr=self.stderr)
        self._history(options)
        if options["cases"]:
            call_command("load_supervision_demo", stdout=self.stdout, stderr=self.stderr)

    def _history(self, options: dict[str, Any]) -> None:
        missing = options["cases"] - Case.objects.count()
        if missing <= 0:
            self.stdout.write("history: already there")
            return
        prepare(people.create_applicants(max(20, options["cases"] // 8), at=now()), now=now())
        started = time.monotonic()
        self._parallel(options)
        for problem in play_newer(prepare(people.create_applicants(20, at=now()), now=now())):
            self.stderr.write(problem)
        seconds = time.monotonic() - started
        self.stdout.write(f"history: {Case.objects.count()} cases in {seconds:.0f} s")

    def _packs(self) -> None:
        for name in PACKS:
            started = time.monotonic()
            try:
                outcomes = load_pack(root=settings.PROJECT_ROOT / "packs" / name, at=now())
            except PackError as wrong:
                raise CommandError(f"{name}:\n{wrong}") from wrong
            rows = sum(outcome.created + outcome.changed for outcome in outcomes.values())
            self.stdout.write(f"pack {name}: {rows} rows written in {time.monotonic() - started:.1f} s")

    def _parallel(self, options: dict[str, Any]) -> None:
        parts = options["processes"] or min(4, os.cpu_count() or 1)
        command = [
            sys.executable,
            str(settings.PROJECT_ROOT / "manage.py"),
            "load_demo",
            "--cases",
            str(options["cases"]),
            "--days",
            str(options["days"]),
        ]
        running = [
            subprocess.Popen([*command, "--shard", f"{part}/{parts}"])  # noqa: S603 - our own command line
            for part in range(parts)
        ]
        if any(process.wait() for process in running):
            msg = "Making the history failed; the lines above say where."
            raise CommandError(msg)

    def _shard(self, options: dict[str, Any]) -> None:
        part, parts = (int(figure) for figure in options["shard"].split("/"))
        serials = range(part, options["cases"], parts)
        world = prepare(people.create_applicants(max(20, options["cases"] // 8), at=now()), now=now())

        def progress(done: int) -> None:
            if part == 0 and done % 50 == 0:
                self.stdout.write(f"history: {done * parts} of {options['cases']}")
                self.stdout.flush()

        for problem in run(world, serials, days=options["days"], progress=progress):
            self.stderr.write(problem)
