"""A day's peak on the portal: ``python3 tb.py bench portal_load``.

400 million views a year are 13 a second; this asks for 260 views a second for ten minutes, at moments fixed beforehand, whether or not earlier
answers have come (an open loop): a time is measured from the moment a view was due, so a server that falls behind is seen to do so. The
server runs as the demonstration starts it: two processes of eight threads. Home pages, lists, articles with a long tail over all there are,
searches and guides are asked for by browsers, one in twenty by robots. At the end the visits in the database must be the views that were answered.

``BENCH_SECONDS`` (600), ``BENCH_RATE`` (260 views a second), ``BENCH_ARTICLES`` (700,000) set other figures.
"""

from __future__ import annotations

import asyncio
import os
import platform
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ |= {"DJANGO_SETTINGS_MODULE": "tongban.settings", "TONGBAN_MODE": "demo"}  # as installed, not as in tests

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from tests.scale.portal_data import fill
from tests.scale.portal_serving import BROWSER, our_server, running
from tongban.engines.catalog.queries import published
from tongban.engines.publishing.models import Article
from tongban.engines.publishing.queries import group
from tongban.foundation.clock.now import now

SECONDS = int(os.environ.get("BENCH_SECONDS", "600"))
RATE = int(os.environ.get("BENCH_RATE", "260"))
ARTICLES = int(os.environ.get("BENCH_ARTICLES", "700000"))
ROBOT = "Mozilla/5.0 (compatible; Baiduspider/2.0)"
ROBOTS = 0.05
LINES = 64
"""Connections kept open; more are opened when all are busy."""
TIMEOUT_SECONDS = 30.0
WORDS = ("食品安全", "营商环境", "电子证照", "森林防火", "义务教育", "药品零售", "第77号", "防汛")
SHARES = {"article": 0.60, "list": 0.18, "home": 0.14, "search": 0.03, "guide": 0.05}
"""How views fall on kinds of page."""
COUNTED = frozenset({"article", "list", "home", "search"})
"""Pages of the sites, whose views are counted; guides belong to the hall."""
SEED = 260


class Mix:
    """What is asked for: which page, by whom. The same seed asks for the same."""

    def __init__(self) -> None:
        """Look up what can be asked for."""
        self.chance = random.Random(SEED)  # noqa: S311 - a load, no secret
        self.sites = ["" if site.is_main else f"/sites/{site.code}" for site in group()]
        self.site_weights = [20.0 if not site else 1.0 for site in self.sites]
        main = group().main
        assert main is not None
        self.columns = [
            column.path for column in main.columns.values() if column.kind == "list" and not column.children
        ]
        self.articles = list(
            Article.objects.filter(status="published", column__site=main.id)
            .order_by("-published_at")
            .values_list("pk", flat=True)
        )
        self.guides = list(published().order_by("code").values_list("code", flat=True)[:200])
        self.kinds = list(SHARES)
        self.shares = list(accumulate(SHARES.values()))

    def view(self) -> tuple[str, str, str]:
        """Return the next view: kind, address, reader."""
        chance = self.chance
        kind = chance.choices(self.kinds, cum_weights=self.shares)[0]
        site = chance.choices(self.sites, self.site_weights)[0]
        path = {
            "home": lambda: f"{site}/",
            "list": lambda: (
                f"/columns{chance.choice(self.columns)}"
                + (f"?page={chance.randint(2, 9)}" if chance.random() < 0.2 else "")
            ),
            "article": lambda: f"/articles/{self.articles[self._place()]}/",
            "search": lambda: f"/search/?q={chance.choice(WORDS)}",
            "guide": lambda: f"/hall/items/{chance.choice(self.guides)}/" if self.guides else "/hall/",
        }[kind]()
        return kind, path, ROBOT if chance.random() < ROBOTS else BROWSER

    def _place(self) -> int:
        """Return which article: half of the views go to the newest thousand, the rest to any of all."""
        count = len(self.articles)
        if self.chance.random() < 0.5:
            return min(count - 1, int(self.chance.paretovariate(0.8)) % 1000)
        return self.chance.randrange(count)


@dataclass(slots=True)
class Tally:
    """What came back."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    counted: Counter[bool] = field(default_factory=Counter)
    """Answered views of counted pages, by whether a robot asked."""
    latest: float = 0.0
    """By how much the asking itself was late at worst, in seconds."""


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Load:
    """Asks a server at fixed moments."""

    def __init__(self, port: int, mix: Mix) -> None:
        """Begin with no connection."""
        self.port, self.mix, self.tally = port, mix, Tally()
        self.free: list[Line] = []

    async def run(self, views: int) -> None:
        """Ask for so many views, one each ``1 / RATE`` seconds, and wait for the answers."""
        self.free = [await asyncio.open_connection("127.0.0.1", self.port) for _line in range(LINES)]
        began = time.perf_counter()
        open_views: set[asyncio.Task[None]] = set()
        for number in range(views):
            due = began + number / RATE
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            else:
                self.tally.latest = max(self.tally.latest, -wait)
            task = asyncio.create_task(self._view(due))
            open_views.add(task)
            task.add_done_callback(open_views.discard)
        await asyncio.gather(*open_views)
        for _reader, writer in self.free:
            writer.close()

    async def _view(self, due: float) -> None:
        kind, path, agent = self.mix.view()
        try:
            status = await asyncio.wait_for(self._ask(path, agent), TIMEOUT_SECONDS)
        except (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError) as wrong:
            self.tally.wrong[f"{kind}: {type(wrong).__name__}"] += 1
            return
        self.tally.times.setdefault(kind, []).append(time.perf_counter() - due)
        if status != 200:
            self.tally.wrong[f"{kind}: {status}"] += 1
        elif kind in COUNTED:
            self.tally.counted[agent == ROBOT] += 1

    def _line(self) -> Line | None:
        """Return an open connection that is free; the server closes those that were idle for half a minute, as browsers know."""
        while self.free:
            reader, writer = self.free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def _ask(self, path: str, agent: str) -> int:
        reader, writer = self._line() or await asyncio.open_connection("127.0.0.1", self.port)
        asked = (
            f"GET {_quoted(path)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nUser-Agent: {agent}\r\n\r\n"
        )
        writer.write(asked.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        self.free.append((reader, writer))
        return int(head[9:12])


def _quoted(path: str) -> str:
    return "".join(char if char.isascii() else "".join(f"%{byte:02X}" for byte in char.encode()) for char in path)


def visits() -> tuple[int, int]:
    """Return the visits in the database so far, of people and of robots."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(count), 0), coalesce(sum(robots), 0) FROM publishing_sitevisits")
        people, robots = cursor.fetchone()
    return int(people), int(robots)


def _line(name: str, times: list[float]) -> str:
    times = sorted(times)
    p50, p95, p99 = (1000 * times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.95, 0.99))
    return f"  {name:<9}{len(times):9,} views   p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   p99 {p99:7.1f} ms   longest {1000 * times[-1]:7.0f} ms"


def prepare() -> None:
    """Bring the installation up to date and fill it, as far as that is not done."""
    call_command("prepare", verbosity=0)
    if group().main is None:
        for pack in ("law", "hubei"):
            call_command("load_pack", str(ROOT / "packs" / pack), verbosity=0)
    fill(ARTICLES, at=now())


def main() -> int:
    """Ask, print the times, and compare the visits with what was answered.

    :returns: 1 if a view failed or the visits are not those that were made
    """
    prepare()
    before = visits()
    mix = Mix()
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"{len(mix.articles):,} articles to choose from; {RATE} views a second for {SECONDS} s",
        flush=True,
    )
    with running(our_server(64, workers=2, threads=8)) as url:
        load = Load(int(url.rpartition(":")[2]), mix)
        asyncio.run(load.run(RATE * SECONDS))
    tally = load.tally
    for kind in mix.kinds:
        print(_line(kind, tally.times[kind]) if kind in tally.times else f"  {kind:<9}no view came back")
    print(_line("all", [one for times in tally.times.values() for one in times]))
    print(
        f"  failed: {sum(tally.wrong.values())} {dict(tally.wrong) or ''}; the asking was late by {1000 * tally.latest:.0f} ms at most"
    )
    after = visits()
    people, robots = after[0] - before[0], after[1] - before[1]
    print(
        f"  visits counted: {people:,} of people ({tally.counted[False]:,} asked), {robots:,} of robots ({tally.counted[True]:,} asked)"
    )
    right = (people, robots) == (tally.counted[False], tally.counted[True])
    if not right:
        print("  the visits in the database are not those that were made")
    return int(not right or bool(tally.wrong))


if __name__ == "__main__":
    sys.exit(main())
