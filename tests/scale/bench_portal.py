"""The portal over 7,000 and 700,000 published items: ``python3 tb.py bench portal``.

One web process answers; ``wrk`` asks where it is installed, else a small client of our own. Printed: requests a second and the
95th percentile of home page, column list and article, made anew each time and from memory; what a list, a deep page, a
search and a publication cost at both sizes; how long an approval takes to all sites. Wagtail serves the same rows through the same
templates (``wagtail_peer``), nginx the same article as a file.

Each size has a database of its own, the smaller beside the larger (``…_small``). With ``TONGBAN_DATABASE_URL`` both are kept: what is
filled already is not filled again. ``BENCH_ARTICLES`` sets another size than 700,000, ``BENCH_SECONDS`` how long each page is asked for.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ |= {"DJANGO_SETTINGS_MODULE": "tongban.settings", "TONGBAN_MODE": "demo"}  # as installed, not as in tests

import django

django.setup()

import psycopg
from django.core.management import call_command
from django.db import connection

from tests.scale import portal_visible
from tests.scale.portal_data import fill
from tests.scale.portal_serving import Speed, Start, ask, nginx, our_server, page, running
from tests.scale.wagtail_peer import running as wagtail
from tongban.engines.publishing.actions.taking_in import take_in
from tongban.engines.publishing.models import Article, Column, Placement
from tongban.engines.publishing.queries import column_page, group, searching
from tongban.engines.publishing.queries.lists import Key
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.actor import system_actor

SMALL = 7_000
LARGE = int(os.environ.get("BENCH_ARTICLES", "700000"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "10"))
SECONDS_OF_PEER = 20
ROUNDS = 30
EACH_TIME, FROM_MEMORY, PEER = "made each time", "from memory", "Wagtail, each time"
GOALS = {"home": 20, "list": 10, "article": 10}
"""How many times as many pages a second as Wagtail, made each time."""
GOAL_FROM_MEMORY = 3000
GOAL_VISIBLE_SECONDS = 5


@dataclass(slots=True)
class Figures:
    """What one size gave: pages a second by server and page, milliseconds by what was timed."""

    speeds: dict[str, dict[str, float]] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    visible: float = 0.0


def measure(name: str, pages: dict[str, str], start: Start, figures: Figures) -> None:
    """Ask a server for each of its pages and print what it gave."""
    with running(start) as url:
        for kind, path in pages.items():
            ask(url + path, 2)
            found: Speed = ask(url + path, SECONDS)
            figures.speeds.setdefault(name, {})[kind] = found.per_second
            if found.failed:
                msg = f"{name}, {kind}: {found.failed} answers were errors; how fast they came says nothing"
                raise SystemExit(msg)
            print(f"  {name:<22}{kind:<9}{found.per_second:9.0f}/s   p95 {found.p95_ms:8.2f} ms", flush=True)


def measure_peer(figures: Figures) -> None:
    """Ask Wagtail, by two connections as its answers take seconds, in a process of its own for each page: none waits for another."""
    for kind, path in wagtail.pages().items():
        with running(wagtail.start) as url:
            page(url + path)
            found = ask(url + path, SECONDS_OF_PEER, connections=2)
        figures.speeds.setdefault(PEER, {})[kind] = found.per_second
        if found.failed or not found.per_second:
            msg = f"{PEER}, {kind}: {found.failed} answers were errors, {found.per_second:.1f}/s"
            raise SystemExit(msg)
        print(f"  {PEER:<22}{kind:<9}{found.per_second:9.1f}/s   p95 {found.p95_ms:8.2f} ms", flush=True)


def _busiest() -> Column:
    """Return the fullest list of the main site; Wagtail's side is asked for the same."""
    lists = Column.objects.filter(site__kind="main", kind="list", mirror_of=None)
    return lists.order_by("-published_count", "pk")[0]


def pages() -> dict[str, str]:
    """Return the addresses of home page, list and article."""
    article = (
        Article.objects.filter(placements__column=_busiest(), placements__live=True).order_by("-published_at").first()
    )
    assert article is not None
    return {"home": "/", "list": f"/columns{_busiest().path}", "article": f"/articles/{article.pk}/"}


def _time(what: str, run: Callable[[], object], figures: Figures) -> None:
    run()
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    figures.costs[what.partition(" (")[0]] = statistics.median(times)
    print(f"  {what:<52}{statistics.median(times):8.2f} ms   p95 {times[int(ROUNDS * 0.95)]:8.2f} ms", flush=True)


def costs(figures: Figures) -> None:
    """Print what reading and publishing cost inside the process at the present size."""
    main = group().main
    assert main is not None
    column = main.by_path[_busiest().path]
    moment = now()
    first = column_page(column, at=moment)
    deep = min(300, first.pages - 1)
    held = Placement.objects.filter(column=column.id, live=True).order_by("-published_at")
    last = held[20 * deep - 1]
    assert last.published_at is not None
    key = Key(last.published_at, last.article_id)
    _time(f"list, page 1 (of {first.pages})", lambda: column_page(column, at=moment), figures)
    _time(f"list, on by key (after page {deep})", lambda: column_page(column, at=moment, older_than=key), figures)
    _time(f"list, jump (to page {deep})", lambda: column_page(column, at=moment, number=deep), figures)
    for text in ("食品安全", "电子证照互认", "第77号", "森林防火 恩施", "复议"):
        asked = searching.Asked(text)
        total = searching.search(asked, at=moment).total
        shown = f"{searching.COUNTED}+" if total > searching.COUNTED else str(total)
        _time(f"search {text} ({shown})", lambda asked=asked: searching.search(asked, at=moment), figures)  # type: ignore[misc]
    row, actor, body = (
        _busiest(),
        system_actor("bench"),
        Article.objects.filter(column=column.id).values("body")[0]["body"],
    )
    number = iter(range(10**9))

    def publish() -> None:
        take_in(column=row, content={"title": f"计时发布第{next(number)}条", "body": body}, by=actor, at=now())

    _time("publish one item (row, revision, event, search, stamps)", publish, figures)


def prepare(size: int) -> None:
    """Bring the installation up to date and fill it, as far as that is not done."""
    began = time.perf_counter()
    call_command("prepare", verbosity=0)
    if group().main is None:
        for pack in ("law", "hubei"):
            call_command("load_pack", str(ROOT / "packs" / pack), verbosity=0)
    fill(size, at=now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        weight = cursor.fetchone()[0]
    count = Article.objects.count()
    print(f"\n{count:,} items, {weight}; ready after {time.perf_counter() - began:.0f} s", flush=True)


def stage(size: int, report: Path) -> None:
    """Measure at one size, in the database of this process."""
    figures = Figures()
    prepare(size)
    costs(figures)
    shown = pages()
    for name, megabytes in ((EACH_TIME, 0), (FROM_MEMORY, 64)):
        measure(name, shown, our_server(megabytes), figures)
    measure_peer(figures)
    if size != SMALL:
        figures.visible = portal_visible.measure()
        with running(our_server(0)) as url:
            body = page(url + shown["article"])
        file_server = nginx(body)
        if file_server is None:
            print("  nginx is not installed here: no page as a file")
        else:
            measure("nginx, a file", {"article": "/page.html"}, file_server, figures)
    report.write_text(json.dumps(asdict(figures)), encoding="utf-8")


def _beside(url: str) -> str:
    """Return the address of the smaller database; it is made if it is not there."""
    name = f"{connection.settings_dict['NAME']}_small"
    settings: Any = connection.get_connection_params()
    with psycopg.connect(**{**settings, "autocommit": True}) as held:
        if not held.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            held.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _verdict(small: Figures, large: Figures) -> None:
    print("\nMade each time, beside Wagtail")
    for size, at in ((SMALL, small), (LARGE, large)):
        for kind, goal in GOALS.items():
            ours, peer = at.speeds[EACH_TIME][kind], at.speeds[PEER][kind]
            times = f"{ours / peer:7.1f} times (goal {goal})"
            print(f"  {size:>9,} items  {kind:<9}{ours:8.0f}/s against {peer:7.1f}/s {times}")
    slowest = min(large.speeds[FROM_MEMORY].values())
    print(f"From memory: {slowest:,.0f}/s and more (goal {GOAL_FROM_MEMORY:,})")
    print(f"Approval to visible on all sites: {large.visible:.2f} s at most (goal {GOAL_VISIBLE_SECONDS})")
    print(f"From {SMALL:,} to {LARGE:,} items")
    for kind in GOALS:
        before, after = small.speeds[EACH_TIME][kind], large.speeds[EACH_TIME][kind]
        print(f"  {kind:<58}{before:8.0f}/s {after:8.0f}/s")
    for what, before in small.costs.items():
        print(f"  {what:<58}{before:8.2f} ms{large.costs[what]:8.2f} ms")


def main() -> None:
    """Measure both sizes, each in a process and a database of its own, and say what reached its goal."""
    if len(sys.argv) > 2:
        stage(int(sys.argv[1]), Path(sys.argv[2]))
        return
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    url = os.environ["TONGBAN_DATABASE_URL"]
    found = []
    for size, address in ((SMALL, _beside(url)), (LARGE, url)):
        report = Path(os.environ["TONGBAN_HOME"]) / f"bench-portal-{size}.json"
        command = [sys.executable, "-m", "tests.scale.bench_portal", str(size), str(report)]
        subprocess.run(command, env={**os.environ, "TONGBAN_DATABASE_URL": address}, cwd=ROOT, check=True)
        found.append(Figures(**json.loads(report.read_text(encoding="utf-8"))))
    _verdict(*found)


if __name__ == "__main__":
    main()
