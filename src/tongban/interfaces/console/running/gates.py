"""``tb.py check``: every rule about the code that a machine can check."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tongban.interfaces.console.running import layout
from tongban.interfaces.console.running.progress import Failure, say
from tongban.interfaces.console.running.suite import scratch_database

TOOLS = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule with its name and the commands that check it, all of which must succeed."""

    name: str
    commands: tuple[tuple[str, ...], ...]


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(TOOLS / name), *arguments)


def _manage(*arguments: str) -> tuple[str, ...]:
    return (*layout.MANAGE, *arguments)


def gates() -> list[Gate]:
    """Return all gates, the quick ones first."""
    packs = sorted(path.name for path in (layout.ROOT / "packs").iterdir() if path.is_dir() and path.name != "law")
    loading = ("load_pack", "law", *packs)
    return [
        Gate("lint", (_tool("ruff", "check", "."),)),
        Gate("format", (_tool("ruff", "format", "--check", "."),)),
        Gate("imports", (_tool("lint-imports", "--no-cache"),)),
        Gate("templates", (_tool("djlint", "src", "--lint", "--quiet"),)),
        Gate("types", (_tool("mypy"),)),
        Gate("django", (_manage("check", "--fail-level", "WARNING"),)),
        Gate("catalogs", (_manage("compile_catalogs"), _manage("check_catalogs"))),
        Gate("migrations made", (_manage("makemigrations", "--check", "--dry-run"),)),
        Gate("migrations safe", (_manage("lintmigrations", "--no-cache", "--warnings-as-errors"),)),
        Gate(
            "packs",
            (_manage("migrate", "--verbosity", "0"), _manage(*loading), _manage(*loading, "--expect-unchanged")),
        ),
        Gate("shape", ((sys.executable, "-m", "pytest", "tests/shape"),)),
    ]


def run(arguments: Sequence[str]) -> int:
    """Check all gates, or those named; print what is wrong and a table at the end."""
    known = gates()
    parser = argparse.ArgumentParser(prog="tb.py check")
    parser.add_argument("gates", nargs="*", metavar="GATE", help=", ".join(gate.name for gate in known))
    wanted = parser.parse_args(arguments).gates
    unknown = set(wanted) - {gate.name for gate in known}
    if unknown:
        msg = f"There is no gate {', '.join(sorted(unknown))}. Gates: {', '.join(gate.name for gate in known)}"
        raise Failure(msg)
    results: list[tuple[str, bool, float]] = []
    with scratch_database() as environment:
        results.extend(_check(gate, environment) for gate in known if not wanted or gate.name in wanted)
    say("")
    for name, passed, seconds in results:
        say(f"  {'ok    ' if passed else 'FAILED'}  {name:16} {seconds:6.1f} s")
    wrong = sum(not passed for _, passed, _ in results)
    say(f"Gates: {len(results) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


def _check(gate: Gate, environment: dict[str, str]) -> tuple[str, bool, float]:
    started = time.monotonic()
    say(f"==> {gate.name}")
    for command in gate.commands:
        done = subprocess.run(
            command, env=environment, cwd=layout.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            say("\n".join(f"    {line}" for line in done.stdout.splitlines()[-200:]))
            return gate.name, False, time.monotonic() - started
    return gate.name, True, time.monotonic() - started
