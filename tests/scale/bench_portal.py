"""The portal over 7,000 and 700,000 published items: ``python3 tb.py bench portal``.

One web process answers; ``wrk`` asks where it is installed, else a small client of our own. Printed: requests a second and the
95th percentile of home page, column list and article, made anew each time and from memory; what a list, a deep page, a
search and a publication cost at both sizes. ``BENCH_ARTICLES`` sets another size than 700,000, ``BENCH_SECONDS`` how long
each page is asked for. Wagtail serves the same rows through the same templates at the larger size (``wagtail_peer``).
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from tests.journeys.site import free_port
from tests.scale.portal_data import fill
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
CONNECTIONS = 8
ROUNDS = 30
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0"
BUSIEST = "/news/headlines/"


@dataclass(frozen=True, slots=True)
class Speed:
    """What a page was served with."""

    per_second: float
    p95_ms: float
    failed: int


@dataclass(frozen=True, slots=True)
class Rival:
    """A server to measure: a name, the addresses of home, list and article, and how to start it.

    :param start: starts it on a port and returns the process; it is stopped with its group
    """

    name: str
    pages: dict[str, str]
    start: Callable[[int], subprocess.Popen[bytes]]
    results: dict[str, Speed] = field(default_factory=dict)


def our_server(megabytes: int) -> Callable[[int], subprocess.Popen[bytes]]:
    """Return how one web process of the platform is started with so much memory for finished pages."""

    def start(port: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
                *("--workers", "1", "--blocking-threads", "4", "--no-ws", "tongban.interfaces.wsgi:application"),
            ],
            env={**os.environ, "TONGBAN_PAGE_CACHE_MB": str(megabytes), "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    return start


@contextmanager
def running(rival: Rival) -> Iterator[str]:
    """Run a server for a while and give its address."""
    port = free_port()
    process = rival.start(port)
    url = f"http://127.0.0.1:{port}"
    try:
        for _try in range(120):
            if asyncio.run(_answers(port)):
                break
            time.sleep(0.25)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    found = await reader.read(16)
    writer.close()
    return b"200" in found


def ask(url: str, seconds: int) -> Speed:
    """Ask for one address as fast as it is answered."""
    return _wrk(url, seconds) if shutil.which("wrk") else asyncio.run(_own_client(url, seconds))


_SCRIPT = """
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(95),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def _wrk(url: str, seconds: int) -> Speed:
    script = Path(os.environ.get("TONGBAN_HOME", "/tmp")) / "wrk.lua"  # noqa: S108 - only where no home is set
    script.write_text(_SCRIPT)
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)),
            *("-H", "Accept-Encoding: gzip", "-H", f"User-Agent: {BROWSER}", url),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", done.stdout)
    assert found, done.stdout
    requests, micros, p95, failed = map(int, found.groups())
    return Speed(requests / (micros / 1e6), p95 / 1000, failed)


async def _own_client(url: str, seconds: int) -> Speed:
    host, path = url.removeprefix("http://").split("/", 1)
    name, port = host.split(":")
    request = (
        f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nUser-Agent: {BROWSER}\r\n\r\n"
    ).encode()
    times: list[float] = []
    failed = 0
    end = time.perf_counter() + seconds

    async def reader_of_pages() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(name, int(port))
        while time.perf_counter() < end:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            times.append(time.perf_counter() - began)
            failed += not head.startswith(b"HTTP/1.1 200")
        writer.close()

    await asyncio.gather(*(reader_of_pages() for _one in range(CONNECTIONS)))
    return Speed(len(times) / seconds, 1000 * statistics.quantiles(times, n=20)[-1], failed)


def measure(rival: Rival) -> None:
    """Ask a server for each of its pages and print what it gave."""
    with running(rival) as url:
        for name, path in rival.pages.items():
            ask(url + path, 2)
            rival.results[name] = found = ask(url + path, SECONDS)
            failed = f"   {found.failed} failed" if found.failed else ""
            print(
                f"  {rival.name:<22}{name:<9}{found.per_second:9.0f}/s   p95 {found.p95_ms:8.2f} ms{failed}", flush=True
            )


def _busiest() -> Column:
    return Column.objects.get(site__kind="main", path=BUSIEST)


def pages() -> dict[str, str]:
    """Return the addresses of home page, list and article."""
    article = (
        Article.objects.filter(placements__column=_busiest(), placements__live=True).order_by("-published_at").first()
    )
    assert article is not None
    return {"home": "/", "list": f"/columns{BUSIEST}", "article": f"/articles/{article.pk}/"}


def _time(what: str, run: Callable[[], object]) -> None:
    run()
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    print(f"  {what:<44}{statistics.median(times):8.2f} ms   p95 {times[int(ROUNDS * 0.95)]:8.2f} ms", flush=True)


def costs() -> None:
    """Print what reading and publishing cost inside the process at the present size."""
    main = group().main
    assert main is not None
    column = main.by_path[BUSIEST]
    moment = now()
    page = column_page(column, at=moment)
    deep = Placement.objects.filter(column=column.id, live=True, published_at__isnull=False).order_by("-published_at")
    last = list(deep[:6000])[-1]
    assert last.published_at is not None
    key = Key(last.published_at, last.article_id)
    _time(f"list, page 1 of {page.pages}", lambda: column_page(column, at=moment))
    _time("list, on from page 300 by key", lambda: column_page(column, at=moment, older_than=key))
    _time("list, jump to page 300", lambda: column_page(column, at=moment, number=300))
    for text in ("食品安全", "电子证照互认", "第77号", "森林防火 恩施", "复议"):
        asked = searching.Asked(text)
        total = searching.search(asked, at=moment).total
        shown = f"{searching.COUNTED}+" if total > searching.COUNTED else str(total)
        _time(f"search {text} ({shown})", lambda asked=asked: searching.search(asked, at=moment))  # type: ignore[misc]
    row, actor, body = (
        _busiest(),
        system_actor("bench"),
        Article.objects.filter(column=column.id).values("body")[0]["body"],
    )
    number = iter(range(10**9))

    def publish() -> None:
        take_in(column=row, content={"title": f"计时发布第{next(number)}条", "body": body}, by=actor, at=now())

    _time("publish one item (row, revision, search, stamps)", publish)


def main() -> None:
    """Prepare a fresh installation, then measure at both sizes."""
    call_command("prepare", verbosity=0)
    call_command("load_pack", str(ROOT / "packs" / "law"), verbosity=0)
    call_command("load_pack", str(ROOT / "packs" / "hubei"), verbosity=0)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for size in (SMALL, LARGE):
        began = time.perf_counter()
        fill(size, at=now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
            weight = cursor.fetchone()[0]
        print(
            f"\n{Article.objects.count():,} items, {weight}; filled in {time.perf_counter() - began:.0f} s", flush=True
        )
        costs()
        for name, megabytes in (("made each time", 0), ("from memory", 64)):
            measure(Rival(name, pages(), our_server(megabytes)))
    measure(Rival("Wagtail, each time", wagtail.pages(), wagtail.start))


if __name__ == "__main__":
    main()
