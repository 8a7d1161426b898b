"""Counting due dates anew after a calendar changed, beside doing it case by case: ``python3 tb.py bench recount``.

Cases are made by the real actions and copied row by row (case, tasks, clocks, ledger) until ``BENCH_LIVE`` are alive, by
default 20,000. A day off is then entered inside their running period, so that every case moves: the worst case. The
second run finds nothing to move, as after the yearly notice for most cases. It wants a database of its own.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[2])]

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from tongban.engines.cases.actions.clocks import set_columns
from tongban.engines.cases.actions.extras import record_event
from tongban.engines.cases.actions.lighting import LAW
from tongban.engines.cases.actions.recounting import TITLE, new_dates, run_recount, start_recount
from tongban.engines.cases.loading import load_case
from tongban.engines.cases.models import Case, CaseEvent
from tongban.engines.cases.queries.recounts import dry_run
from tongban.engines.cases.tests import factories
from tongban.foundation.clock.actions import put_year
from tongban.foundation.clock.arrangement import YearEntry
from tongban.foundation.clock.models import CalendarYear
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for

LIVE = int(os.environ.get("BENCH_LIVE", "20000"))
TEMPLATES = 50
ONE_BY_ONE = 300
STEP = 1_000_000
AT = factories.at("2026-03-03")
KEYS = {
    "cases_case": {"id": "id"},
    "cases_task": {"id": "id", "case_id": "case_id", "parent_id": "parent_id"},
    "cases_caseclock": {"id": "id", "case_id": "case_id", "task_id": "task_id"},
    "cases_clockentry": {"id": "id", "clock_id": "clock_id"},
}
OWN = {
    ("cases_case", "number"): "'9' || lpad((t.id + g * {step})::text, 17, '0')",
    ("cases_case", "submission_key"): "gen_random_uuid()",
}


def prepare() -> None:
    """Make the cases."""
    call_command("migrate", verbosity=0)
    factories.publish_law()
    world = factories.world()
    item = world.item()
    for _each in range(TEMPLATES):
        world.do(world.submit(item), "accept", "2026-03-02")
    copies = max(LIVE // TEMPLATES - 1, 0)
    with connection.cursor() as cursor:
        for table, keys in KEYS.items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
                " AND is_generated = 'NEVER' ORDER BY ordinal_position",
                [table],
            )
            columns = [name for (name,) in cursor.fetchall()]
            values = []
            for name in columns:
                if name in keys:
                    values.append(f"t.{name} + g * {STEP}")
                else:
                    values.append(OWN.get((table, name), f't."{name}"').format(step=STEP))
            listed = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({listed}) SELECT {', '.join(values)} FROM {table} t, generate_series(1, %s) g",  # noqa: S608 - names of our own tables
                [copies],
            )
        cursor.execute("ANALYZE")


def with_day_off(day: dt.date) -> YearEntry:
    """Return the year as it is held with one more day off."""
    row = CalendarYear.objects.get(year=day.year, jurisdiction="")
    days = {works: {each.day: each.name for each in row.days.filter(is_workday=works)} for works in (False, True)}
    days[False][day] = "extra"
    return YearEntry(day.year, official=True, source=row.source, days_off=days[False], make_up=days[True])


def one_by_one(count: int) -> float:
    """Do the plain thing: load a case, count, save it, write its event, each in a transaction; return cases a second."""
    begun = time.perf_counter()
    for key in Case.objects.filter(closed_at__isnull=True).order_by("-pk").values_list("pk", flat=True)[:count]:
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).select_related("unit", "definition").get(pk=key)
            loaded = load_case(case)
            for clock, dates in new_dates(loaded, calendar_for(case.unit.region_code), today=local_date(AT)):
                clock.due_on, clock.warn_on = dates.due_on, dates.warn_on
                clock.save()
            set_columns(loaded, local_date(AT))
            case.save()
            for task in loaded.tasks:
                task.save()
            record_event(case=case, act="recounted", title=TITLE, by=LAW, at=AT, data={}, visible=True)
    return count / (time.perf_counter() - begun)


def main() -> None:
    """Print the figures."""
    prepare()
    live = Case.objects.filter(closed_at__isnull=True).count()
    print(f"{live:,} live cases, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    entry = with_day_off(dt.date(2026, 3, 17))
    begun = time.perf_counter()
    seen = dry_run(entry, at=AT)
    print(
        f"dry run before confirming: {seen.checked:,} of {seen.live:,} looked at in {time.perf_counter() - begun:.2f} s"
    )
    put_year(entry, by="bench", by_hand=True, at=AT)
    plain = one_by_one(min(ONE_BY_ONE, live))
    for name in ("every case moves", "nothing moves"):
        run = start_recount(by="bench", at=AT)
        begun, cpu = time.perf_counter(), time.process_time()
        run = run_recount(run=run, at=AT)
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
        events = CaseEvent.objects.filter(act="recounted").count()
        print(
            f"recount, {name}: {run.counted:,} cases in {took:.1f} s, {run.counted / took:,.0f} cases/s ({cpu:.1f} s own cpu); "
            f"{run.moved:,} moved, {events:,} events in all"
        )
    print(f"the same case by case: {plain:,.0f} cases/s (over {min(ONE_BY_ONE, live)})")
    print(f"one million live cases at these rates: see above; case by case {1_000_000 / plain / 60:,.0f} min")


if __name__ == "__main__":
    main()
