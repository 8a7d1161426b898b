"""An environment with Wagtail beside the project's packages, and a server in it, for comparisons in one run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
READY_SECONDS = 60
SETTINGS = "tests.scale.wagtail_peer.settings"


def python() -> Path:
    """Return the interpreter of the peer's environment; it is made at the first call."""
    home = ROOT / ".venv-wagtail"
    made = home / "bin" / "python"
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        for lock in (ROOT / "requirements.lock", HERE / "requirements.lock"):
            subprocess.run(
                [str(made), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)], check=True
            )
        (home / "complete").write_text("", encoding="utf-8")
    return made


def environment() -> dict[str, str]:
    """Return what the peer's processes are told: the same database, home and mode as ours."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def run(code: str) -> str:
    """Run a few lines of Python in the peer's environment with Django set up; return what they printed."""
    lines = f"import django; django.setup()\n{code}"
    done = subprocess.run(
        [str(python()), "-c", lines], env=environment(), cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def server(port: int) -> Iterator[str]:
    """Serve the peer from one process with one thread, as ours is measured; yield its address."""
    command = [str(python()), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "--log-level",
        "warning",
        "tongban.interfaces.wsgi:application",
    ]
    process = subprocess.Popen(command, env=environment(), cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}/peer/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    msg = f"{url} did not answer"
    raise TimeoutError(msg)
