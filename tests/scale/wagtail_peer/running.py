"""An environment with Wagtail beside the project's packages, and a server in it, for comparisons in one run."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SETTINGS = "tests.scale.wagtail_peer.settings"


def python() -> Path:
    """Return the interpreter of the peer's environment; it is made at the first call, and anew when a lock has changed."""
    home = ROOT / ".venv-wagtail"
    made = home / "bin" / "python"
    locks = (ROOT / "requirements.lock", HERE / "requirements.lock")
    state = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    note = home / "complete"
    if not note.exists() or note.read_text(encoding="utf-8") != state:
        if not made.exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        for lock in locks:
            subprocess.run(
                [str(made), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)], check=True
            )
        note.write_text(state, encoding="utf-8")
    return made


def environment() -> dict[str, str]:
    """Return what the peer's processes are told: the same database, home and mode as ours."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def run(code: str) -> str:
    """Run a few lines of Python in the peer's environment with Django set up; return what they printed."""
    lines = f"import django; django.setup()\n{code}"
    done = subprocess.run(
        [str(python()), "-c", lines], env=environment(), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def pages() -> dict[str, str]:
    """Fill Wagtail's tree with the rows at hand and return the addresses of its home, a list and an article."""
    lines = run(
        "import json\n"
        "from tests.scale.wagtail_peer.loading import addresses, load\n"
        "load()\n"
        "print(json.dumps(addresses()))"
    )
    found: dict[str, str] = json.loads(lines.strip().splitlines()[-1])
    return found


def start(port: int) -> subprocess.Popen[bytes]:
    """Start one process that serves the peer, as ours is started."""
    command = [str(python()), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "tongban.interfaces.wsgi:application"]
    settings = environment() | {"TONGBAN_PAGE_CACHE_MB": "0"}
    return subprocess.Popen(
        command, env=settings, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
