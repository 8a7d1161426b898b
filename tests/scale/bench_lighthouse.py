"""Lighthouse on mobile settings: ``python3 tb.py bench lighthouse``.

Home, list, article and guide of a running installation, with Debian's Chromium. Lighthouse comes from npm at a fixed version into
``.tongban/tools`` the first time. Printed: the four scores of each page (goal 95), and what the first load of the article weighs
compressed and without pictures (goal 100 kB). The whole reports are in ``artefacts/lighthouse``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ |= {"DJANGO_SETTINGS_MODULE": "tongban.settings", "TONGBAN_MODE": "demo"}  # as installed, not as in tests

import django

django.setup()

from django.core.management import call_command

from tests.scale.portal_data import fill
from tests.scale.portal_serving import our_server, page, running
from tongban.engines.catalog.queries import published
from tongban.engines.publishing.models import Article
from tongban.engines.publishing.queries import group
from tongban.foundation.clock.now import now

VERSION = "12.8.2"
"""The last that runs on Node 18 and 20; Apache-2.0."""
TOOLS = ROOT / ".tongban" / "tools" / "lighthouse"
REPORTS = ROOT / "artefacts" / "lighthouse"
LIST = "/columns/news/headlines/"
ITEMS = 7_000
SCORES = ("performance", "accessibility", "best-practices", "seo")
GOAL, GOAL_BYTES = 95, 100_000
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


def program() -> list[str]:
    """Return the command of Lighthouse; it is installed at the first call.

    :raises SystemExit: where Node, npm or Chromium is missing, with the remedy
    """
    for name in ("node", "npm"):
        if not shutil.which(name):
            sys.exit(f"Lighthouse needs {name}: apt-get install nodejs npm (Node 18 or later).")
    script = TOOLS / "node_modules" / "lighthouse" / "cli" / "index.js"
    wanted = TOOLS / "node_modules" / "lighthouse" / "package.json"
    if not wanted.exists() or json.loads(wanted.read_text(encoding="utf-8"))["version"] != VERSION:
        TOOLS.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(TOOLS), f"lighthouse@{VERSION}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return ["node", str(script)]


def browser() -> str:
    """Return the path of Chromium.

    :raises SystemExit: where it is missing, with the remedy
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or sys.exit("Lighthouse needs Chromium: apt-get install chromium.")


def addresses() -> dict[str, str]:
    """Return the pages that are looked at."""
    newest = Article.objects.filter(
        placements__column__path="/news/headlines/", placements__live=True, status="published"
    )
    article = newest.order_by("-published_at").values_list("pk", flat=True)[0]
    guide = published().order_by("code").values_list("code", flat=True)[0]
    return {"home": "/", "list": LIST, "article": f"/articles/{article}/", "guide": f"/hall/items/{guide}/"}


def examine(url: str, name: str, command: list[str]) -> dict[str, Any]:
    """Let Lighthouse look at a page; return its report."""
    target = REPORTS / f"{name}.json"
    options = [
        "--quiet",
        "--output=json",
        f"--output-path={target}",
        f"--only-categories={','.join(SCORES)}",
        f"--chrome-flags={FLAGS}",
    ]
    subprocess.run([*command, url, *options], env={**os.environ, "CHROME_PATH": browser()}, check=True)
    report: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return report


def lost(report: dict[str, Any]) -> list[str]:
    """Return the checks of a page that cost points."""
    weights = {
        ref["id"]: ref["weight"] for name in SCORES for ref in report["categories"][name]["auditRefs"] if ref["weight"]
    }
    audits = report["audits"]
    low = [pk for pk in weights if audits[pk]["score"] is not None and audits[pk]["score"] < 0.9]
    return [f"{pk} {audits[pk].get('displayValue', '')}".strip() for pk in low]


def weight(report: dict[str, Any]) -> int:
    """Return how many bytes a page's first load transferred, without pictures."""
    rows = report["audits"]["network-requests"]["details"]["items"]
    return sum(int(row["transferSize"]) for row in rows if row.get("resourceType") != "Image")


def main() -> int:
    """Look at all pages and print their scores.

    :returns: 1 if a goal is missed
    """
    command = program()
    call_command("prepare", verbosity=0)
    if group().main is None:
        for pack in ("law", "hubei"):
            call_command("load_pack", str(ROOT / "packs" / pack), verbosity=0)
    fill(ITEMS, at=now())
    REPORTS.mkdir(parents=True, exist_ok=True)
    missed = 0
    print(f"Lighthouse {VERSION}, mobile; load {os.getloadavg()[0]:.1f}")
    print(f"  {'':<9}" + "".join(f"{name:>16}" for name in SCORES))
    with running(our_server(64, workers=2, threads=8)) as url:
        for name, path in addresses().items():
            page(url + path)
            report = examine(url + path, name, command)
            scores = [round(100 * (report["categories"][one]["score"] or 0)) for one in SCORES]
            missed += any(score < GOAL for score in scores)
            print(
                f"  {name:<9}" + "".join(f"{score:>16}" for score in scores) + f"   {'; '.join(lost(report))}",
                flush=True,
            )
            if name == "article":
                size = weight(report)
                missed += size > GOAL_BYTES
                print(f"  {'':<9}first load without pictures {size:,} bytes (goal {GOAL_BYTES:,})")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
