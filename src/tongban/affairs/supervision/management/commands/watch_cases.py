"""Judge cases by the rules of supervision, and let unanswered orders go up, as the jobs do; or judge the whole record."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongban.affairs.supervision.actions.following import close_done, escalate_due
from tongban.affairs.supervision.actions.watching import watch, watch_history
from tongban.foundation.clock.now import CHINA, now


class Command(BaseCommand):
    """``manage.py watch_cases``: what is new; ``--history`` judges every case again. Nothing is raised twice."""

    help = "Raise alarms by the rules of supervision and follow up orders; --history judges the whole record."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to look at and the moment."""
        parser.add_argument("--history", action="store_true", help="Judge every case, not only what has changed.")
        parser.add_argument("--case", action="append", default=[], help="Judge only this case (may be repeated).")
        parser.add_argument("--rule", action="append", default=[], help="Apply only this rule (may be repeated).")
        parser.add_argument("--at", help="The moment, in ISO form and the time of China; now by default.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, raise, follow up, and say how many of each rule."""
        at = _moment(options["at"])
        if options["history"] or options["case"]:
            done = watch_history(at=at, numbers=options["case"], codes=options["rule"] or None)
        else:
            done = watch(at=at)
        for code, count in sorted(Counter(alarm.rule_code for alarm in done.raised).items()):
            self.stdout.write(f"{code} {count}")
        sent_up, closed = len(escalate_due(at=at)), close_done(at=at)
        self.stdout.write(
            f"{done.cases} cases, {len(done.raised)} alarms, {sent_up} orders sent up, {closed} reminders closed"
        )


def _moment(text: str | None) -> dt.datetime:
    if not text:
        return now()
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        msg = f"{text} is no moment in ISO form, such as 2026-11-21T10:00"
        raise CommandError(msg) from wrong
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=CHINA)
