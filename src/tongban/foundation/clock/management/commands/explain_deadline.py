"""Show how a due date is counted, day by day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import translation
from django.utils.translation import gettext as _

from tongban.foundation.clock import queries
from tongban.foundation.clock.explain import number_width
from tongban.foundation.clock.models import LimitRule
from tongban.foundation.clock.now import CHINA
from tongban.foundation.clock.packed import packed_calendar
from tongban.foundation.clock.rules import (
    Calendar,
    ClockError,
    ClockState,
    DayMark,
    Entry,
    Limit,
    Policy,
    Unit,
    derive,
    explain,
)
from tongban.foundation.clock.wording import limit_text, mark_text, note_text, rule_text, say, weekday_text


class Command(BaseCommand):
    """``manage.py explain_deadline --days 20 --unit working_day --start 2024-01-15``.

    Line 1 is the due date (``stopped`` while the clock stands still), line 2 ``official`` or ``provisional``, then
    the count, with ``--rule`` last the version of the rule and its sets. Without a loaded database the calendars of ``packs/law`` are used.
    """

    help = "Count a limit and show every day of the count."
    requires_system_checks = ()  # they would load every page of the platform

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the limit, the start, and what happened on the way."""
        parser.add_argument("--days", type=int, help="The figure of the limit, in its unit.")
        parser.add_argument(
            "--rule", default="", help="A rule of law instead of days and unit, in force on the start day."
        )
        parser.add_argument("--unit", choices=[unit.value for unit in Unit], default=Unit.WORKING_DAY.value)
        parser.add_argument("--start", required=True, help="Day of the event (not counted); a moment for hours.")
        parser.add_argument("--jurisdiction", default="", help="Region code or its beginning; empty is the nation.")
        parser.add_argument("--stop", action="append", default=[], help="First day that is not counted; repeatable.")
        parser.add_argument("--resume", action="append", default=[], help="Last day that is not counted; repeatable.")
        parser.add_argument("--resume-means", choices=["continue", "restart"], default="continue")
        parser.add_argument("--extend", type=int, default=0, help="Longer by so much, in the same unit.")
        parser.add_argument("--stop-day-counts", action="store_true", help="Count the day of a stop as used.")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print."""
        policy = Policy(stop_day_counts=options["stop_day_counts"])
        with translation.override(options["language"]):
            try:
                rule = self._rule(options)
                limit = rule.limit if rule is not None else Limit(options["days"], Unit(options["unit"]))
                calendar = self._calendar(options["jurisdiction"])
                entries = _ledger(options, limit.unit)
                state = derive(entries, limit, calendar, policy=policy)
                marks = explain(entries, limit, calendar, until=None, policy=policy)
            except ClockError as wrong:
                raise CommandError(say(wrong)) from wrong
            status = "provisional" if state.provisional else "official"
            lines = [_due_text(state), status, *_count(marks)]
            if rule is not None:
                lines.append(f"{rule_text(rule)}  {rule.title}  {limit_text(limit)}")
            self.stdout.write("\n".join(lines))  # at once: head may close the pipe

    def _rule(self, options: dict[str, Any]) -> LimitRule | None:
        """Return the version of a rule in force on the start day; a running case keeps the one it began with."""
        if (options["days"] is None) != bool(options["rule"]):
            raise CommandError(_("请写 --days（和 --unit），或者写 --rule，二者取一。"))
        if not options["rule"]:
            return None
        day, _moment = _when(options["start"], Unit.CALENDAR_DAY)
        return queries.rule(options["rule"], on=day, jurisdiction=options["jurisdiction"])

    def _calendar(self, jurisdiction: str) -> Calendar:
        try:
            _knock()
            return queries.calendar_for(jurisdiction)
        except (DatabaseError, ClockError):
            return packed_calendar(settings.PROJECT_ROOT / "packs" / "law", jurisdiction)


def _knock() -> None:
    """Ask the database server outside the pool, which would wait half a minute for a server that is not there.

    :raises DatabaseError: if it does not answer within two seconds
    """
    with connection.wrap_database_errors:
        psycopg.connect(**{**connection.get_connection_params(), "connect_timeout": 2}).close()


def _count(marks: list[DayMark]) -> list[str]:
    """Return a line for each day: date, weekday, number, what it is, why."""
    width = number_width(marks)
    lines = []
    for mark in marks:
        number = "" if mark.number is None else str(mark.number)
        words = [mark.day.isoformat(), weekday_text(mark.day), number.rjust(width), mark_text(mark)]
        words += [note_text(mark.note)] if mark.note else []
        words += [] if mark.official else [_("暂定")]
        lines.append("  ".join(words))
    return lines


def _due_text(state: ClockState) -> str:
    if state.due_at is not None:
        return state.due_at.astimezone(CHINA).isoformat(timespec="minutes")
    return state.due_on.isoformat() if state.due_on is not None else "stopped"


def _ledger(options: dict[str, Any], unit: Unit) -> list[Entry]:
    """Put the options in order of their days."""
    stops, resumes = options["stop"], options["resume"]
    if len(resumes) not in (len(stops), len(stops) - 1):
        raise CommandError(_("每个 --stop 要有一个 --resume（最后一个可以没有）。"))
    entries = [Entry("start", *_when(options["start"], unit))]
    for index, stop in enumerate(stops):
        entries.append(Entry("stop", *_when(stop, unit)))
        if index < len(resumes):
            entries.append(Entry("resume", *_when(resumes[index], unit), resumption=options["resume_means"]))
    if options["extend"]:
        last = entries[-1]
        entries.append(Entry("extend", last.on, last.at, extra=Limit(options["extend"], unit)))
    return entries


def _when(text: str, unit: Unit) -> tuple[dt.date, dt.datetime | None]:
    """Read a day, or for limits in hours a moment (China's time if it names no zone)."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        raise CommandError(_("不是日期：{text}，请写成 2026-11-21 的样子。").format(text=text)) from wrong
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    moment = moment.astimezone(CHINA)
    return moment.date(), moment if unit is Unit.HOUR else None
