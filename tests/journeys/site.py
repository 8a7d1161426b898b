"""A whole running site for journeys: its own database, web server and job worker, as an operator would run it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "artefacts" / "journeys"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running installation in demo mode."""

    home: Path
    database_url: str
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the address of the home page, without a final slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of this installation."""
        keep = {key: value for key, value in os.environ.items() if not key.startswith(("TONGBAN_", "DJANGO_"))}
        return keep | {
            "TONGBAN_MODE": "demo",
            "TONGBAN_HOME": str(self.home),
            "TONGBAN_PORT": str(self.port),
            "TONGBAN_DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "tongban.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }

    def manage(self, *arguments: str) -> str:
        """Run ``manage.py`` and return what it printed."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def spawn(self, name: str, *command: str) -> None:
        """Start a process of the installation; its output goes to a log beside the data."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def start(self) -> None:
        """Start web server and worker, and wait until the home page answers."""
        self.start_web()
        self.start_worker()
        self.wait()

    def start_web(self) -> None:
        """Start the web server."""
        self.spawn(
            "web",
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "1", "--blocking-threads", "4", "tongban.interfaces.wsgi:application"),
        )

    def start_worker(self) -> None:
        """Start the job worker."""
        self.spawn("worker", sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker")

    def wait(self, seconds: float = 60) -> None:
        """Wait until the home page answers."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            try:
                with urllib.request.urlopen(self.url + "/", timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        log = (self.home / "web.log").read_text(errors="replace")[-4000:]
        msg = f"{self.url} did not answer within {seconds} s\n{log}"
        raise AssertionError(msg)

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a process and all its children."""
        process = self.processes.pop(name, None)
        if process is not None and process.poll() is None:
            os.killpg(process.pid, how)
            process.wait(timeout=20)

    def stop(self) -> None:
        """Stop every process."""
        for name in list(self.processes):
            self.kill(name, signal.SIGTERM)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read from the database behind the site."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement, values).fetchall()


TEMPLATE = "tongban_journeys_template"
LOCK = 20_261_122
"""Key of the advisory lock under which the template is made."""


def copied_site(url: str, shared: Path, worker: str, run: str) -> Site:
    """Return a site copied from a template that the first test process of a run makes for all of them.

    :param url: a database on the server to use
    :param shared: a directory that the processes of this run share
    :param run: what tells this run from any other; a template of another run is made anew
    """
    home = shared / f"site-{worker}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE]
        ).fetchone()
        if found != (run,):
            template = Site(home=shared / "site", database_url=_database(connection, url, TEMPLATE, "template0"))
            template.home.mkdir(mode=0o711)
            template.manage("prepare")
            template.manage("load_demo", "--cases", "60")
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(TEMPLATE), sql.Literal(run))
            )
        shutil.copytree(shared / "site", home)
        return Site(home=home, database_url=_database(connection, url, f"tongban_journeys_{worker}", TEMPLATE))


def _database(connection: psycopg.Connection, url: str, name: str, template: str) -> str:
    """Make a database anew from another and return its address."""
    named, copied = sql.Identifier(name), sql.Identifier(template)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(named, copied))
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
