"""What the browser journeys need beside Python packages: Chromium, Chinese fonts, Java for the HTML checker."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from tongban.interfaces.console.running.progress import Failure, say, step

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program of the system, Debian's package for it, and how to tell that it is there."""

    name: str
    package: str
    present: Callable[[], bool]


def _has_chinese_font() -> bool:
    """Tell whether pages and pictures can show Chinese; without a font they show boxes."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


TOOLS = (
    Tool("Chromium", "chromium", lambda: any(shutil.which(name) for name in CHROMIUM)),
    Tool("a Chinese font", "fonts-noto-cjk", _has_chinese_font),
    Tool("Java", "default-jre-headless", lambda: shutil.which("java") is not None),
)


def ensure() -> None:
    """Install what is missing where that is allowed.

    :raises Failure: with the one command to give, if it is not
    """
    missing = [tool for tool in TOOLS if not tool.present()]
    if not missing:
        return
    names = ", ".join(tool.name for tool in missing)
    packages = [tool.package for tool in missing]
    by_hand = f"apt-get update && apt-get install -y {' '.join(packages)} (or the same of your system)"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        msg = f"The browser journeys need {names}. As administrator: {by_hand}"
        raise Failure(msg)
    with step(f"Install {names}"):
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(
                command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                say(done.stdout[-2000:] + done.stderr[-2000:])
                msg = f"{' '.join(command)} failed. As administrator: {by_hand}"
                raise Failure(msg)
    still = [tool.name for tool in missing if not tool.present()]
    if still:
        msg = f"{', '.join(still)} cannot be found after installing {' '.join(packages)}"
        raise Failure(msg)
