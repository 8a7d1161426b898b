"""A whole installation for runs that break it: its own database server, web server and job worker under the real supervisor."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from tongban.interfaces.console.running import layout
from tongban.interfaces.console.running.embedded import EmbeddedServer
from tongban.interfaces.console.running.supervisor import Child, Supervisor

READY_SECONDS = 120


class Installation:
    """What an operator runs, in a data directory that is thrown away. Writes are forced to disk as in production."""

    def __init__(self, home: Path) -> None:
        """Start the database and prepare the tables and packs."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.server = EmbeddedServer(home)
        self.server.acquire({"command": "chaos"})
        url = self.server.start()
        self.environment = layout.environment(url=url, mode="demo", home=home) | {"TONGBAN_PORT": str(self.port)}
        self.supervisor = Supervisor(home / "logs", self.environment, self.server)
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self.wrong: list[BaseException] = []

    @property
    def url(self) -> str:
        """Return the address of the web server, without a final slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Return the address of the database."""
        return self.server.url

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        done = subprocess.run(
            [*layout.MANAGE, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            msg = f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
            raise RuntimeError(msg)
        return done.stdout

    def start(self, *, web_workers: int = 2, threads: int = 8) -> None:
        """Start web server and worker as ``tb.py demo`` does, and keep an eye on them from a thread."""
        web = [
            str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(self.port), "--workers", str(web_workers), "--no-ws", "--respawn-failed-workers",
            "--blocking-threads", str(threads), "tongban.interfaces.wsgi:application",
        ]  # fmt: skip
        self.supervisor.add(Child("web", web))
        self.supervisor.add(Child("worker", [*layout.MANAGE, "procrastinate", "worker", "--concurrency", "2"]))
        self._watch.start()
        self.wait()

    def wait(self) -> None:
        """Wait until the web server answers.

        :raises TimeoutError: if it does not
        """
        limit = time.monotonic() + READY_SECONDS
        while time.monotonic() < limit:
            with contextlib.suppress(OSError):
                try:
                    urllib.request.urlopen(f"{self.url}/api/v1/openapi.json", timeout=10).close()
                except urllib.error.HTTPError as answer:
                    answer.close()
                    if answer.code < 500:
                        return
                else:
                    return
            time.sleep(0.1)
        raise TimeoutError(self.url)

    def _look(self) -> None:
        while not self._over.is_set():
            try:
                self.supervisor.look()
            except BaseException as wrong:  # noqa: BLE001 - reported at the end of the run
                self.wrong.append(wrong)
                return
            self._over.wait(0.1)

    def processes(self, kind: str) -> list[psutil.Process]:
        """Return the running processes of a kind: ``web`` (the workers), ``worker``, ``backend``, ``postmaster``."""
        with contextlib.suppress(psutil.Error):
            if kind in ("web", "worker"):
                child = next(child for child in self.supervisor.children if child.name == kind)
                if child.process is None:
                    return []
                main = psutil.Process(child.process.pid)
                return main.children(recursive=True) if kind == "web" else [main]
            postmaster = self._postmaster()
            if postmaster is None:
                return []
            if kind == "postmaster":
                return [postmaster]
            return [process for process in postmaster.children() if "[local]" in " ".join(process.cmdline())]
        return []

    def _postmaster(self) -> psutil.Process | None:
        try:
            pid = int((self.server.data / "postmaster.pid").read_text().splitlines()[0])
            return psutil.Process(pid)
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def stop(self) -> None:
        """Stop everything."""
        self._over.set()
        if self._watch.is_alive():
            self._watch.join(30)
        self.supervisor.stopping = True
        self.supervisor.stop()
        self.server.release()


@contextlib.contextmanager
def installation() -> Iterator[Installation]:
    """Yield a fresh installation, not started yet; remove it afterwards."""
    for name in [name for name in os.environ if name.startswith(("TONGBAN_", "DJANGO_"))]:
        del os.environ[name]
    home = Path(tempfile.mkdtemp(prefix="tongban-chaos-"))
    home.chmod(0o711)
    made = None
    try:
        made = Installation(home)
        yield made
    finally:
        if made is not None:
            made.stop()
            made.server.reset()
        shutil.rmtree(home, ignore_errors=True)
