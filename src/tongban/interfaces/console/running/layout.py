"""Where things are: the checkout, the data directory, the environment of children."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
MANAGE = [sys.executable, str(ROOT / "manage.py")]


def home() -> Path:
    """Return the data directory: ``TONGBAN_HOME``, else ``.tongban`` in the checkout."""
    return Path(os.environ.get("TONGBAN_HOME") or ROOT / ".tongban").absolute()


def port() -> int:
    """Return the port of the web server."""
    return int(os.environ.get("TONGBAN_PORT") or 8000)


def host() -> str:
    """Return the address the web server listens on."""
    return os.environ.get("TONGBAN_HOST") or "127.0.0.1"


def environment(*, url: str, mode: str, home: Path) -> dict[str, str]:
    """Return the environment of child processes."""
    return {
        **os.environ,
        "TONGBAN_DATABASE_URL": url,
        "TONGBAN_HOME": str(home),
        "TONGBAN_MODE": os.environ.get("TONGBAN_MODE") or mode,
        "DJANGO_SETTINGS_MODULE": "tongban.settings",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
