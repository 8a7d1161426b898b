"""Supervision over millions of live cases, and as many closed: ``python3 tb.py bench supervision``.

Rows are copied from cases that the real actions made, spread over every item of every unit: 3 in 1,000 live cases red,
30 amber, 30 paused; closed ones over the last 250 days. Every live case has its promised clock and an open task; closed
ones have them for the last 60 days, which is what the first screen reads of them. Each figure stands beside the plain
way of getting the same: no partial index, counting the live rows, or one case at a time.

``BENCH_LIVE`` lists the sizes (live cases; as many closed are added), by default ``1000000``; ``1000000,5000000`` takes
about 20 GB and, on two quiet cores, half an hour. On a database that is kept (``TONGBAN_DATABASE_URL``) a second run finds
its cases there: it turns what is due, makes the same 6,500 cases due again, and counts again only what that touched;
``BENCH_REBUILD=1`` has every figure counted from scratch, as the first run does. Times are of the wall; beside them stand the
processor times of this process and of its database process, which another load on the machine disturbs less.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[2])]

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver

from tests.scale.bench_pages import _columns, _prefixed
from tongban.affairs.supervision.actions import rollups
from tongban.engines.cases.actions import sweep
from tongban.engines.cases.loading import compiled_definition
from tongban.engines.cases.models import Case, ProcessDefinition
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date, now

SIZES = [int(each) for each in os.environ.get("BENCH_LIVE", "1000000").split(",")]
REBUILD = bool(os.environ.get("BENCH_REBUILD"))
TURNED = 6_500
ONE_BY_ONE = 200
ROUNDS = 9
DAYS = 250
RECENT = 60
TABLES = ("cases_case", "cases_task", "cases_caseclock")
PARTIAL = ("case_live_promised_due", "case_live_next_check")
ROLLUPS = (
    "supervision_dayfigure", "supervision_stepdayfigure", "supervision_livefigure", "supervision_placedayfigure",
    "supervision_placestepdayfigure", "supervision_placelivefigure",
)  # fmt: skip
TICK = 1000 / os.sysconf("SC_CLK_TCK")


def run(statement: str, **given: Any) -> list[tuple[Any, ...]]:
    """Execute one statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def _bare() -> Iterator[None]:
    """Load without secondary indexes, triggers and key checks; build the indexes again after it."""
    held = run(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%(tables)s) AND NOT EXISTS ("
        "SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
        tables=list(TABLES),
    )
    for name, _text in held:
        run(f'DROP INDEX "{name}"')
    run("SET session_replication_role = replica")
    yield
    run("SET session_replication_role = DEFAULT")
    run("SET maintenance_work_mem = '1GB'")
    for _name, text in held:
        run(text)


def fill(live: int) -> bool:
    """Fill up to a number of live cases and as many closed ones; tell whether any were missing."""
    (have,) = run("SELECT count(*) FROM cases_case WHERE closed_at IS NULL")[0]
    if live <= have:
        return False
    steps = {
        definition.pk: (definition.code, list(compiled_definition(definition).steps))
        for definition in ProcessDefinition.objects.order_by("version")
    }
    run("CREATE TEMP TABLE IF NOT EXISTS process (code text, definition bigint, steps text[])")
    run("TRUNCATE process")
    for pk, (code, names) in {code: (pk, (code, names)) for pk, (code, names) in steps.items()}.values():
        run("INSERT INTO process VALUES (%(code)s, %(pk)s, %(names)s)", code=code, pk=pk, names=names)
    run("DROP TABLE IF EXISTS pattern")
    run(
        """CREATE TEMP TABLE pattern AS
        SELECT row_number() OVER (ORDER BY i.id) - 1 AS n, i.id AS implementation, i.unit_id, u.region_path, p.definition, p.steps
        FROM catalog_implementation i JOIN organizations_unit u ON u.id = i.unit_id JOIN process p ON p.code = i.process_code"""
    )
    run("ANALYZE pattern")
    (top,) = run("SELECT max(id) FROM cases_case")[0]
    with _bare():
        _live_cases(live - have, top)
        (middle,) = run("SELECT max(id) FROM cases_case")[0]
        _closed_cases(live - have, middle)
        _clocks_and_tasks(top, middle)
    for table in TABLES:
        run(f"VACUUM ANALYZE {table}")
    return True


def _live_cases(count: int, after: int) -> None:
    own = {
        "id", "number", "submission_key", "unit_id", "region_path", "implementation_id", "definition_id", "status",
        "open_steps", "submitted_at", "accepted_at", "promised_due_on", "statutory_due_on", "step_due_on", "light",
        "paused", "next_check_on",
    }  # fmt: skip
    rest = _columns("cases_case", own)
    run(
        f"""
        INSERT INTO cases_case (number, submission_key, unit_id, region_path, implementation_id, definition_id, status,
            open_steps, submitted_at, accepted_at, promised_due_on, statutory_due_on, step_due_on, light, paused,
            next_check_on, {rest})
        SELECT '9' || lpad((s + {after})::text, 17, '0'), gen_random_uuid(), p.unit_id, p.region_path, p.implementation,
            p.definition, 'handling', p.steps[1 + (s / 7) %% cardinality(p.steps)], now() - interval '5 days',
            now() - interval '5 days', d.due, d.due + 10, NULL, l.light, l.light = 'paused',
            CASE l.light WHEN 'red' THEN NULL WHEN 'amber' THEN d.due + 1 WHEN 'paused' THEN NULL
                 ELSE d.due - 2 END, {_prefixed("m", rest)}
        FROM generate_series(1, {count}) s
        JOIN pattern p ON p.n = (s * 7919::bigint) %% (SELECT count(*) FROM pattern)
        CROSS JOIN LATERAL (SELECT CASE WHEN (s * 31) %% 1000 < 3 THEN 'red'
            WHEN (s * 31) %% 1000 < 33 THEN 'amber' WHEN (s * 31) %% 1000 < 63 THEN 'paused' ELSE 'green' END AS light) l
        CROSS JOIN LATERAL (SELECT CASE
            WHEN l.light = 'red' THEN current_date - 1 - s %% 20 WHEN l.light = 'amber' THEN current_date + s %% 2
            WHEN l.light = 'paused' THEN NULL ELSE current_date + 3 + s %% 40 END AS due) d
        CROSS JOIN (SELECT * FROM cases_case WHERE closed_at IS NULL AND status = 'handling' ORDER BY id LIMIT 1) m
        """.replace("%%", "%")
    )


def _closed_cases(count: int, after: int) -> None:
    own = {
        "id", "number", "submission_key", "unit_id", "region_path", "implementation_id", "definition_id", "submitted_at",
        "accepted_at", "closed_at",
    }  # fmt: skip
    rest = _columns("cases_case", own)
    run(
        f"""
        INSERT INTO cases_case (number, submission_key, unit_id, region_path, implementation_id, definition_id,
            submitted_at, accepted_at, closed_at, {rest})
        SELECT '8' || lpad((s + {after})::text, 17, '0'), gen_random_uuid(), p.unit_id, p.region_path, p.implementation,
            p.definition, c.at - interval '9 days', c.at - interval '8 days', c.at, {_prefixed("m", rest)}
        FROM generate_series(1, {count}) s
        JOIN pattern p ON p.n = (s * 7919::bigint) % (SELECT count(*) FROM pattern)
        CROSS JOIN LATERAL (SELECT now() - (s % {DAYS * 24}) * interval '1 hour' AS at) c
        CROSS JOIN (SELECT * FROM cases_case WHERE closed_at IS NOT NULL AND result = 'granted' ORDER BY id LIMIT 1) m
        """
    )


def _clocks_and_tasks(top: int, middle: int) -> None:
    clock = {"id", "case_id", "task_id", "started_on", "due_on", "warn_on", "running", "ended_on", "late", "used"}
    rest = _columns("cases_caseclock", clock)
    names = f"case_id, started_on, due_on, warn_on, running, ended_on, late, used, {rest}"
    run(
        f"""
        INSERT INTO cases_caseclock ({names})
        SELECT c.id, current_date - 5, c.promised_due_on,
            c.promised_due_on - 2, NOT c.paused, NULL, false, 3,
            {_prefixed("m", rest)}
        FROM cases_case c CROSS JOIN (SELECT * FROM cases_caseclock WHERE kind = 'promised' AND ended_on IS NULL LIMIT 1) m
        WHERE c.id > {top} AND c.id <= {middle}
        """
    )
    run(
        f"""
        INSERT INTO cases_caseclock ({names})
        SELECT c.id, c.closed_at::date - 8, c.closed_at::date + CASE WHEN late.late THEN -2 ELSE 2 END, c.closed_at::date,
            false, c.closed_at::date, late.late, CASE WHEN late.late THEN 12 ELSE 6 END, {_prefixed("m", rest)}
        FROM cases_case c CROSS JOIN LATERAL (SELECT c.id % 50 = 0 AS late) late
        CROSS JOIN (SELECT * FROM cases_caseclock WHERE kind = 'promised' AND ended_on IS NOT NULL LIMIT 1) m
        WHERE c.id > {middle} AND c.closed_at > now() - interval '{RECENT} days'
        """
    )
    task = {
        "id",
        "case_id",
        "unit_id",
        "step",
        "opened_at",
        "due_on",
        "warn_on",
        "step_due_on",
        "closed_at",
        "late_days",
    }
    rest = _columns("cases_task", task)
    names = f"case_id, unit_id, step, opened_at, due_on, warn_on, step_due_on, closed_at, late_days, {rest}"
    run(
        f"""
        INSERT INTO cases_task ({names})
        SELECT c.id, c.unit_id, c.open_steps, c.accepted_at, c.promised_due_on, c.promised_due_on - 2, NULL, NULL, 0,
            {_prefixed("m", rest)}
        FROM cases_case c
        CROSS JOIN (SELECT * FROM cases_task WHERE state = 'open' AND kind = 'main' AND parent_id IS NULL LIMIT 1) m
        WHERE c.id > {top} AND c.id <= {middle}
        """
    )
    run(
        f"""
        INSERT INTO cases_task ({names})
        SELECT c.id, c.unit_id, p.steps[1 + c.id % cardinality(p.steps)], c.closed_at - interval '3 days', NULL, NULL, NULL,
            c.closed_at, CASE WHEN c.id % 40 = 0 THEN 2 ELSE 0 END, {_prefixed("m", rest)}
        FROM cases_case c JOIN process p ON p.definition = c.definition_id
        CROSS JOIN (SELECT * FROM cases_task WHERE state = 'closed' AND kind = 'main' AND parent_id IS NULL
                    AND outcome NOT IN ('transferred', 'void') LIMIT 1) m
        WHERE c.id > {middle} AND c.closed_at > now() - interval '{RECENT} days'
        """
    )


def due_again() -> int:
    """Make cases all over the table due for a look today, as at the beginning of a day; return how many.

    Whatever was due before is turned first. The cases are green, due tomorrow, with a warning from today on.
    """
    run("SET max_parallel_workers_per_gather = 0")
    sweep(at=now())
    (live,) = run("SELECT count(*) FROM cases_case WHERE closed_at IS NULL AND number LIKE '9%%'")[0]
    run("DROP TABLE IF EXISTS again")
    run(
        "CREATE TEMP TABLE again AS SELECT id, unit_id FROM cases_case WHERE closed_at IS NULL AND number LIKE '9%%'"
        " AND id %% %(each)s = 0 ORDER BY id LIMIT %(most)s",
        each=max(live // TURNED - 1, 1),
        most=TURNED,
    )
    run("ANALYZE again")
    run(
        "UPDATE cases_case c SET light = 'green', paused = false, next_check_on = current_date,"
        " promised_due_on = current_date + 1 FROM again a WHERE a.id = c.id"
    )
    run(
        "UPDATE cases_caseclock k SET due_on = current_date + 1, warn_on = current_date, running = true"
        " FROM again a WHERE a.id = k.case_id AND k.ended_on IS NULL"
    )
    run("INSERT INTO supervision_touched (unit_id, day) SELECT DISTINCT unit_id, NULL::date FROM again")
    for table in TABLES:
        run(f"VACUUM (ANALYZE) {table}")
    (again,) = run("SELECT count(*) FROM again")[0]
    return int(again)


def count_figures(*, fresh: bool) -> None:
    """Count every figure from scratch if cases were added or it is wanted, else what was touched since the last run."""
    if fresh or REBUILD:
        rollups.rebuild(at=now(), since=local_date(now()) - dt.timedelta(days=DAYS))
    rollups.refresh(at=now())
    for table in ROLLUPS:
        run(f"VACUUM (ANALYZE) {table}")


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds: the median and the best of some rounds; the mean processor time of this process and the database's."""

    median: float
    best: float
    own: float
    server: float


def _server() -> float:
    """Return the processor time the database process of this connection has used, in milliseconds; 0 if it is far away."""
    (pid,) = run("SELECT pg_backend_pid()")[0]
    stat = Path(f"/proc/{pid}/stat")
    if not stat.is_file() or "postgres" not in Path(f"/proc/{pid}/cmdline").read_text("utf-8"):
        return 0.0
    fields = stat.read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def timed(work: Callable[[], Any], rounds: int = ROUNDS, *, warm: bool = True) -> Spent:
    """Do some work several times, after one round that is not counted."""
    if warm:
        work()
    walls, server, cpu = [], _server(), time.process_time()
    for _round in range(rounds):
        started = time.perf_counter()
        work()
        walls.append(1000 * (time.perf_counter() - started))
    own = 1000 * (time.process_time() - cpu) / rounds
    return Spent(statistics.median(walls), min(walls), own, (_server() - server) / rounds)


def once(work: Callable[[], Any]) -> Spent:
    """Do some work once."""
    return timed(work, 1, warm=False)


def say(what: str, ours: Spent, goal: str, naive: float, how: str) -> None:
    """Print one figure beside the plain way."""
    print(
        f"  {what:<42}{ours.median:>9,.1f} ms  best {ours.best:>9,.1f}  cpu {ours.own:>8,.1f} + server {ours.server:>8,.1f}"
        f"  goal {goal:<9}{naive:>12,.1f} ms  {how}",
        flush=True,
    )


@contextmanager
def _without(names: Sequence[str]) -> Iterator[None]:
    """Take indexes out of the planner's sight in a transaction that is rolled back."""
    with transaction.atomic():
        for name in names:
            run(f'DROP INDEX "{name}"')
        yield
        transaction.set_rollback(True)


def overdue() -> int:
    """Count the live cases past their promised date."""
    return Case.objects.filter(closed_at__isnull=True, promised_due_on__lt=local_date(now())).count()


def next_batch() -> None:
    """Read and lock the next thousand cases to check, as the sweep does."""
    with transaction.atomic():
        run(
            "SELECT id, number, unit_id, status, definition_id, light, event_seq FROM cases_case WHERE closed_at IS NULL"
            " AND next_check_on <= current_date + 1 ORDER BY next_check_on LIMIT 1000 FOR UPDATE SKIP LOCKED"
        )


LIVE_AGGREGATION = (
    "SELECT region_path, unit_id, light, count(*) FROM cases_case WHERE closed_at IS NULL GROUP BY 1, 2, 3",
    "SELECT definition_id, open_steps, light, count(*) FROM cases_case WHERE closed_at IS NULL GROUP BY 1, 2, 3",
    (
        "SELECT i.standard_item_id, c.light, count(*) FROM cases_case c JOIN catalog_implementation i ON i.id = c.implementation_id"
        " WHERE c.closed_at IS NULL GROUP BY 1, 2"
    ),
    (
        "SELECT unit_id, count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM cases_caseclock k WHERE k.case_id = c.id AND k.late))"
        " FROM cases_case c WHERE closed_at >= date_trunc('month', now()) GROUP BY 1"
    ),
    "SELECT closed_at::date, count(*) FROM cases_case WHERE closed_at > now() - interval '30 days' GROUP BY 1",
    "SELECT submitted_at::date, count(*) FROM cases_case WHERE submitted_at > now() - interval '30 days' GROUP BY 1",
    (
        "SELECT step, count(*), count(*) FILTER (WHERE late_days > 0) FROM cases_task WHERE closed_at >= date_trunc('month', now())"
        " GROUP BY 1"
    ),
)


def aggregate_live() -> None:
    """Count what the first screen shows from the cases themselves."""
    for statement in LIVE_AGGREGATION:
        run(statement)


def first_paint(path: str) -> Callable[[], None]:
    """Return the work of answering a page as the supervisor of the province."""
    client = Client()
    client.force_login(
        Account.objects.get(username="supervisor"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    def ask() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    return ask


def one_by_one() -> float:
    """Return the milliseconds of turning all the lights if each case were written by itself, from a small sample."""
    keys = list(Case.objects.filter(closed_at__isnull=True, light="green").order_by("pk")[:ONE_BY_ONE])
    with transaction.atomic():
        started = time.perf_counter()
        for case in keys:
            held = Case.objects.select_for_update().get(pk=case.pk)
            held.light, held.event_seq = "amber", held.event_seq + 1
            list(held.clocks.all())
            held.save()
            held.events.create(
                seq=held.event_seq, act="light_amber", kind="light", at=now(), effective_on=local_date(now()),
                actor_key="law", actor_name="law",
            )  # fmt: skip
        spent = 1000 * (time.perf_counter() - started)
        transaction.set_rollback(True)
    return spent * TURNED / ONE_BY_ONE


def measure() -> None:
    """Print every figure at the present size."""
    goal = "5 ms" if Case.objects.filter(closed_at__isnull=True).count() < 2_000_000 else "20 ms"
    ours = timed(overdue)
    with _without(PARTIAL):
        naive = timed(overdue, 2).best
    say(f"overdue count ({overdue():,})", ours, goal, naive, "no partial index")
    ours = timed(next_batch)
    with _without(PARTIAL):
        naive = timed(next_batch, 2).best
    say("next batch of 1,000 to check, locked", ours, "10 ms", naive, "no partial index")
    naive = once(aggregate_live).best
    say(
        "first screen of the province, whole page",
        timed(first_paint("/desk/supervision/")),
        "200 ms",
        naive,
        "live rows counted",
    )
    say("the wall, whole page", timed(first_paint("/desk/supervision/wall/")), "200 ms", naive, "live rows counted")
    say(
        "red cases of the province, first page",
        timed(first_paint("/desk/supervision/cases/?light=red"), 3),
        "-",
        naive,
        "live rows counted",
    )
    waiting = Case.objects.filter(closed_at__isnull=True, next_check_on__lte=local_date(now())).count()
    naive = one_by_one()
    spent = once(lambda: sweep(at=now()))
    say(f"turning {waiting:,} lights", spent, "2,000 ms", naive, f"case by case, from {ONE_BY_ONE}")
    counted = once(lambda: rollups.refresh(at=now()))
    say("the minute's refresh after it, every unit", counted, "-", naive, "(as above)")


def main() -> None:
    """Prepare an installation if there is none, then measure at each size."""
    if not Account.objects.filter(username="supervisor").exists():
        call_command("prepare", verbosity=0)
        call_command("load_demo", "--cases", "120", "--processes", "1")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"load average {os.getloadavg()[0]:.1f}; times are of the wall unless they say cpu")
    get_resolver().check()  # every page's code is read now, not while it is measured
    for size in SIZES:
        begun = time.perf_counter()
        fresh = fill(size)
        spent = time.perf_counter() - begun
        again = due_again()
        live = Case.objects.filter(closed_at__isnull=True).count()
        print(f"{live:,} live and {Case.objects.count() - live:,} closed cases, loaded in {spent:.0f} s", flush=True)
        spent = once(lambda fresh=fresh: count_figures(fresh=fresh)).best / 1000  # type: ignore[misc]
        print(f"  figures of {DAYS} days counted in {spent:.0f} s; {again:,} cases due for a look", flush=True)
        measure()


if __name__ == "__main__":
    main()
