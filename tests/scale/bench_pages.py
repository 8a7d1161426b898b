"""The officials' pages over ten thousand and a million cases: ``python3 tb.py bench pages``.

The table is filled by copying cases that the real actions made, with their open tasks, spread over all units.
``BENCH_CASES`` sets another size than a million.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[2])]

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client

from tongban.engines.cases.models import Case
from tongban.foundation.accounts.models import Account

SMALL = 10_000
LARGE = int(os.environ.get("BENCH_CASES", "1000000"))
ROUNDS = 15
COLUMNS_THAT_DIFFER = {"id", "number", "submission_key"}


def _columns(table: str, besides: set[str]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            [table],
        )
        return ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in besides)


def grow(to: int) -> None:
    """Fill the table up to a number of cases by copying the made ones with their tasks, spread over all units."""
    have = Case.objects.count()
    cases = _columns("cases_case", {*COLUMNS_THAT_DIFFER, "unit_id", "region_path"})
    tasks = _columns("cases_task", {"id", "case_id", "unit_id", "parent_id"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id), count(*) FROM cases_case")
        last, _count = cursor.fetchone()
        cursor.execute(
            f"""
            WITH made AS (SELECT row_number() OVER (ORDER BY id) - 1 AS n, * FROM cases_case WHERE id <= {have}),
                 unit AS (SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, region_path FROM organizations_unit)
            INSERT INTO cases_case (number, submission_key, unit_id, region_path, {cases})
            SELECT '9' || lpad((s + {last})::text, 17, '0'), gen_random_uuid(), u.id, u.region_path, {_prefixed("m", cases)}
            FROM generate_series(1, {to - have}) s
            JOIN made m ON m.n = s %% (SELECT count(*) FROM made)
            JOIN unit u ON u.n = s %% (SELECT count(*) FROM unit)
            """.replace("%%", "%")
        )
        cursor.execute(
            f"""
            WITH pattern AS (SELECT * FROM cases_task WHERE parent_id IS NULL AND state = 'open'),
                 numbered AS (SELECT row_number() OVER (ORDER BY id) - 1 AS n, * FROM pattern)
            INSERT INTO cases_task (case_id, unit_id, {tasks})
            SELECT c.id, c.unit_id, {_prefixed("p", tasks)}
            FROM cases_case c JOIN numbered p ON p.n = c.id % (SELECT count(*) FROM numbered)
            WHERE c.id > {last} AND c.closed_at IS NULL
            """
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE cases_case")
        cursor.execute("VACUUM ANALYZE cases_task")


def _prefixed(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in columns.split(", "))


def _keeping(statements: list[str]) -> Callable[..., Any]:
    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    return keep


@contextmanager
def _signed_in(username: str) -> Iterator[Client]:
    client = Client()
    client.force_login(
        Account.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    yield client


def pages(paths: Sequence[tuple[str, str, str]]) -> None:
    """Print queries and milliseconds of pages."""
    for name, user, path in paths:
        with _signed_in(user) as client:
            client.get(path)  # what a process keeps (processes, forms, calendars) is read with the first page
            captured: list[str] = []
            with connection.execute_wrapper(_keeping(captured)):
                answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            times = []
            for _round in range(ROUNDS):
                started = time.perf_counter()
                client.get(path)
                times.append(1000 * (time.perf_counter() - started))
        print(
            f"{name:<12}{Case.objects.count():>10,} cases  {len(captured):>3} queries  "
            f"{statistics.median(times):7.1f} ms median  {max(times):7.1f} ms most"
        )


def main() -> None:
    """Prepare a fresh installation, then measure."""
    call_command("prepare", verbosity=0)
    call_command("load_demo", "--cases", "120", "--processes", "1")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    number = (
        Case.objects.filter(unit__region__code="420102", closed_at__isnull=True, unit__line="market_supervision")
        .values_list("number", flat=True)
        .first()
    ) or Case.objects.filter(unit__line="market_supervision").values_list("number", flat=True).first()
    shown = [
        ("inbox", "clerk", "/desk/"),
        ("case page", "supervisor", f"/desk/cases/{number}/"),
        ("supervision", "supervisor", "/desk/supervision/"),
    ]
    for size in (SMALL, LARGE):
        started = time.perf_counter()
        grow(size)
        print(f"filled up to {size:,} cases in {time.perf_counter() - started:.0f} s")
        pages(shown)


if __name__ == "__main__":
    main()
