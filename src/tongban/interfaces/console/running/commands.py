"""The commands by name."""

from __future__ import annotations

import argparse
import signal
import subprocess
from collections.abc import Callable, Sequence

from tongban.interfaces.console.running import demo, gates, layout, suite
from tongban.interfaces.console.running.embedded import database

Command = Callable[[Sequence[str]], int]


def _demo(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tb.py demo")
    parser.add_argument("--reset", action="store_true", help="remove the data first and start over")
    return demo.run(reset=parser.parse_args(arguments).reset)


def _manage(arguments: Sequence[str]) -> int:
    home = layout.home()
    signal.signal(signal.SIGINT, lambda _order, _frame: None)  # Ctrl-C is for the command; the database outlives it
    with database(home, command="manage") as url:
        command = [*layout.MANAGE, *arguments]
        return subprocess.run(command, env=layout.environment(url=url, mode="demo", home=home), check=False).returncode


COMMANDS: dict[str, Command] = {
    "demo": _demo,
    "manage": _manage,
    "test": suite.run,
    "bench": suite.bench,
    "check": gates.run,
}
