"""Servers of the portal to measure, and what asks them as fast as they answer."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.site import free_port

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS = 8
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0"
Start = Callable[[int], "subprocess.Popen[bytes]"]


@dataclass(frozen=True, slots=True)
class Speed:
    """What a page was served with."""

    per_second: float
    p95_ms: float
    failed: int


def our_server(megabytes: int, *, workers: int = 1, threads: int = 4) -> Start:
    """Return how the platform's web server is started with so much memory for finished pages in each process."""

    def start(port: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
                *("--workers", str(workers), "--blocking-threads", str(threads), "--no-ws"),
                "tongban.interfaces.wsgi:application",
            ],
            env={**os.environ, "TONGBAN_PAGE_CACHE_MB": str(megabytes), "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    return start


@contextmanager
def running(start: Start) -> Iterator[str]:
    """Run a server for a while and give its address.

    :raises RuntimeError: if it does not answer within two minutes
    """
    port = free_port()
    process = start(port)
    url = f"http://127.0.0.1:{port}"
    try:
        for _try in range(480):
            if asyncio.run(_answers(port)):
                break
            time.sleep(0.25)
        else:
            msg = f"{process.args!r} does not answer"
            raise RuntimeError(msg)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    found = await reader.read(16)
    writer.close()
    return b"200" in found


def page(url: str) -> bytes:
    """Return what an address shows to a browser."""
    asked = urllib.request.Request(url, headers={"User-Agent": BROWSER})  # noqa: S310 - our own servers
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        found: bytes = answer.read()
    return found


def nginx(body: bytes) -> Start | None:
    """Return how nginx is started to serve a page as a file (ready compressed beside it); None where it is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    home = Path(os.environ.get("TONGBAN_HOME", "/tmp")) / "nginx"  # noqa: S108 - only where no home is set
    shutil.rmtree(home, ignore_errors=True)
    files = home / "files"
    files.mkdir(parents=True)
    for name, content in (("robots.txt", b"User-agent: *\n"), ("page.html", body)):
        (files / name).write_bytes(content)
        (files / f"{name}.gz").write_bytes(gzip.compress(content, 9))
    for place in (home, files):
        place.chmod(0o755)

    def start(port: int) -> subprocess.Popen[bytes]:
        temporary = "".join(
            f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(
            f"{user} worker_processes 1; daemon off; pid {home}/pid; error_log {home}/error.log;"
            "events { worker_connections 256; }"
            f"http {{ types {{ text/html html; }} access_log off; gzip_static on; keepalive_requests 1000000; {temporary}"
            f" server {{ listen 127.0.0.1:{port}; root {files}; charset utf-8; }} }}",
            encoding="utf-8",
        )
        return subprocess.Popen(
            [str(program), "-p", str(home), "-c", str(home / "nginx.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    return start


def ask(url: str, seconds: int, *, connections: int = CONNECTIONS) -> Speed:
    """Ask for one address as fast as it is answered, with ``wrk`` where it is installed."""
    if shutil.which("wrk"):
        return _wrk(url, seconds, connections)
    return asyncio.run(_own_client(url, seconds, connections))


_SCRIPT = """
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(95),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def _wrk(url: str, seconds: int, connections: int) -> Speed:
    script = Path(os.environ.get("TONGBAN_HOME", "/tmp")) / "wrk.lua"  # noqa: S108 - only where no home is set
    script.write_text(_SCRIPT)
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)),
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


async def _own_client(url: str, seconds: int, connections: int) -> Speed:
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

    await asyncio.gather(*(reader_of_pages() for _one in range(connections)))
    return Speed(len(times) / seconds, 1000 * statistics.quantiles(times, n=20)[-1], failed)
