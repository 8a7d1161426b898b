"""Measures how long a newcomer waits: from a fresh copy of the project to a page that answers, then a second start."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tongban.interfaces.console.running import layout
from tongban.interfaces.console.running.progress import Failure, say, step

READY = "Tongban runs"
IGNORED = shutil.ignore_patterns(".venv", ".tongban", ".git", "__pycache__", "artefacts", ".*_cache", "*.mo")


def measure() -> tuple[float, float]:
    """Return the seconds of the first and of the second start of a fresh copy.

    :raises Failure: if it does not come up
    """
    base = Path(tempfile.mkdtemp(prefix="tongban-cold-"))
    base.chmod(0o711)
    try:
        shutil.copytree(layout.ROOT, base / "tongban", ignore=IGNORED)
        with step("Start a fresh copy for the first time"):
            first = _start(base / "tongban")
        with step("Start it again"):
            second = _start(base / "tongban")
    finally:
        shutil.rmtree(base, ignore_errors=True)
    say(f"cold tb.py demo: {first:.1f} s; second start: {second:.1f} s")
    return first, second


def _start(copy: Path) -> float:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DJANGO_", "PYTHON"))}
    began = time.monotonic()
    running = subprocess.Popen(
        [Path(sys.base_prefix) / "bin" / "python3", copy / "tb.py", "demo"],
        env={**kept, "TONGBAN_PORT": str(_free_port())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    said: list[str] = []
    try:
        for line in running.stdout or ():
            said.append(line)
            if line.startswith(READY):
                return time.monotonic() - began
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=120)
    msg = "The fresh copy did not come up:\n" + "".join(said[-30:])
    raise Failure(msg)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
