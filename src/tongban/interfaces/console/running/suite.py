"""``tb.py test`` and ``tb.py bench``: the whole suite and the benchmarks on a database of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as XmlTree

from tongban.interfaces.console.running import cold, layout, tools
from tongban.interfaces.console.running.embedded import EmbeddedServer
from tongban.interfaces.console.running.progress import Failure, say, step

REPORTS = layout.ROOT / "artefacts"
PARTS = {
    "unit": ["-n", "2", "--dist", "loadfile", "-m", "not browser and not scale and not kills"],
    "journeys": ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "kills or (browser and not scale)",
                 "tests/scale", "tests/journeys"],
}  # fmt: skip
"""The parts of the suite and what pytest is told for them; submissions under kills come first beside the journeys."""
NOTHING_COLLECTED = 5
COLD = "cold"
"""The benchmark of a newcomer's first start."""


@dataclass(slots=True)
class Tally:
    """How many tests ran and how they ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        """Add the results of one run, read from its report."""
        for suite in XmlTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - written by pytest itself
            count = {name: int(suite.get(name) or 0) for name in ("tests", "failures", "errors", "skipped")}
            wrong = count["failures"] + count["errors"]
            self.failed += wrong
            self.skipped += count["skipped"]
            self.passed += max(count["tests"] - wrong - count["skipped"], 0)


def run(arguments: Sequence[str]) -> int:
    """Run the unit tests, then submissions under kills beside the journeys; with arguments, pytest with exactly these."""
    if arguments:
        with scratch_database() as environment:
            return _pytest(list(arguments), environment)
    tools.ensure()
    tally = Tally()
    worst = 0
    with scratch_database() as environment:
        REPORTS.mkdir(exist_ok=True)
        for name, options in PARTS.items():
            report = REPORTS / f"{name}.xml"
            report.unlink(missing_ok=True)
            with step(f"Run the tests: {name}"):
                code = _pytest([*options, f"--junitxml={report}", "--durations=10"], environment)
            if report.exists():
                tally.add(report)
            worst = max(worst, code)
    if not tally.passed:
        worst = worst or NOTHING_COLLECTED
    say(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return worst


def bench(arguments: Sequence[str]) -> int:
    """Run every benchmark of ``tests/scale`` (``bench_*.py``) and a first start of a fresh copy, or only those named.

    :raises Failure: if there is none of a name
    """
    known = {
        path.stem.removeprefix("bench_"): path for path in sorted((layout.ROOT / "tests/scale").glob("bench_*.py"))
    }
    unknown = set(arguments) - {*known, COLD}
    if unknown:
        msg = f"There is no benchmark {', '.join(sorted(unknown))}. Benchmarks: {', '.join([*known, COLD])}"
        raise Failure(msg)
    worst = 0
    for name in known:
        if not arguments or name in arguments:
            with scratch_database() as environment, step(f"Benchmark: {name}"):
                command = [sys.executable, "-m", f"tests.scale.bench_{name}"]
                worst = max(worst, subprocess.run(command, env=environment, cwd=layout.ROOT, check=False).returncode)
    if not arguments or COLD in arguments:
        cold.measure()
    return worst


@contextlib.contextmanager
def scratch_database() -> Iterator[dict[str, str]]:
    """Give the environment of a fresh installation whose data is thrown away, with a running database."""
    home = Path(tempfile.mkdtemp(prefix="tongban-test-"))
    home.chmod(0o711)
    url = os.environ.get("TONGBAN_DATABASE_URL", "")
    server = None if url else EmbeddedServer(home, scratch=True)
    try:
        if server:
            server.acquire({"command": "test"})
            with step("Start a database for the tests"):
                url = server.start()
        environment = layout.environment(url=url, mode="test", home=home)
        environment["PYTHONPATH"] = f"{layout.ROOT / 'src'}{os.pathsep}{layout.ROOT}"
        environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        yield environment
    finally:
        if server:
            server.stop()
            server.reset()
            server.release()
        shutil.rmtree(home, ignore_errors=True)


def _pytest(options: list[str], environment: dict[str, str]) -> int:
    try:
        command = [sys.executable, "-m", "pytest", *options]
        return subprocess.run(command, env=environment, cwd=layout.ROOT, check=False).returncode
    except OSError as wrong:
        msg = f"pytest cannot be started: {wrong}"
        raise Failure(msg) from wrong
