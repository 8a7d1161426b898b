"""``tb.py demo``: a whole platform with a real province's data on one machine."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tongban.interfaces.console.running import layout
from tongban.interfaces.console.running.embedded import EmbeddedServer, die_with_parent, tail
from tongban.interfaces.console.running.progress import Failure, say, step
from tongban.interfaces.console.running.supervisor import Child, Supervisor, end_group

READY_SECONDS = 120
ACCOUNTS = "accounts.txt"
"""The table of demonstration accounts, written by the preparation into the data directory."""


def run(*, reset: bool) -> int:
    """Bring the platform up, tell the addresses and accounts, and stay until told to stop."""
    began = time.monotonic()
    if os.environ.get("TONGBAN_MODE", "demo") != "demo":
        msg = "The demonstration has invented people with a known password. Unset TONGBAN_MODE, or see docs/operations/install.md."
        raise Failure(msg)
    home = layout.home()
    given = os.environ.get("TONGBAN_DATABASE_URL", "")
    server = EmbeddedServer(home)
    holder = server.acquire({"command": "demo", "port": layout.port()})
    if holder:
        where = f"http://127.0.0.1:{holder['port']}/" if "port" in holder else "another command"
        msg = f"The data directory {home} is in use by {where}. Stop that first, or set TONGBAN_HOME and TONGBAN_PORT."
        raise Failure(msg)
    if reset:
        _reset(server, given=given)
    supervisor = Supervisor(home / "logs", {}, None if given else server)
    supervisor.listen()
    try:
        if not given:
            with step("Start the database"):
                url = server.start()
        supervisor.environment = layout.environment(url=given or url, mode="demo", home=home)
        _prepare(supervisor)
        if not supervisor.stopping:
            _serve(supervisor)
            _tell(supervisor, seconds=time.monotonic() - began)
            supervisor.run()
    finally:
        supervisor.stop()
        server.release()
    say("Stopped. The data is kept; the next start takes seconds.")
    return 0


def _reset(server: EmbeddedServer, *, given: str) -> None:
    if given:
        msg = "--reset removes the embedded database only. TONGBAN_DATABASE_URL is set: empty that database yourself."
        raise Failure(msg)
    with step(f"Remove the data in {server.home}"):
        server.reset()


def _prepare(supervisor: Supervisor) -> None:
    """Bring database, texts, static files and demonstration data up to date."""
    process = subprocess.Popen(
        [*layout.MANAGE, "prepare", "--demo"], env=dict(supervisor.environment), stdin=subprocess.DEVNULL,
        start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    while process.poll() is None:
        if supervisor.stopping:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            end_group(process)
            return
        time.sleep(0.1)
    if process.returncode and not supervisor.stopping:
        msg = "The preparation failed; the reason stands above. Nothing is running."
        raise Failure(msg)


def _serve(supervisor: Supervisor) -> None:
    options = {"--host": layout.host(), "--port": str(layout.port()), "--interface": "wsgi"}
    options["--workers"] = os.environ.get("TONGBAN_WEB_WORKERS") or "2"
    web = [str(Path(sys.executable).with_name("granian")), *(part for pair in options.items() for part in pair)]
    jobs = os.environ.get("TONGBAN_JOB_CONCURRENCY") or "2"
    web += ["--no-ws", "--respawn-failed-workers", "--blocking-threads", "8", "tongban.interfaces.wsgi:application"]
    worker = [*layout.MANAGE, "procrastinate", "worker", "--concurrency", jobs]
    with step("Start the web server and the job worker"):
        supervisor.add(Child("web", web))
        supervisor.add(Child("worker", worker, orphaned=signal.SIGKILL))
        deadline = time.monotonic() + READY_SECONDS
        while not supervisor.stopping:
            supervisor.look()
            status = _status()
            if status is not None:
                break
            if time.monotonic() > deadline:
                log = supervisor.logs / "web.log"
                msg = f"The web server did not answer within {READY_SECONDS} s; the end of {log}:\n{tail(log)}"
                raise Failure(msg)
            time.sleep(0.1)
        else:
            return
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        say(f"    The first page answers with error {status}; see {supervisor.logs / 'web.log'}")


def _status() -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", layout.port(), timeout=20)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _tell(supervisor: Supervisor, *, seconds: float) -> None:
    if supervisor.stopping:
        return
    base = f"http://127.0.0.1:{layout.port()}"
    say("")
    say(f"Tongban runs (ready in {seconds:.1f} s). Data and logs: {supervisor.logs.parent}")
    for title, path in (
        ("Portal", "/"),
        ("Service hall", "/hall/"),
        ("Officials' desk", "/desk/"),
        ("Demo phone", "/phone/"),
        ("API", "/api/"),
    ):
        say(f"  {title:16} {base}{path}")
    say("")
    say((supervisor.logs.parent / ACCOUNTS).read_text(encoding="utf-8").rstrip())
    say("")
    say("Ctrl-C stops everything.")
