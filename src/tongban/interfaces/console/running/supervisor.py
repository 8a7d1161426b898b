"""Keeps the programs of one installation alive, and stops all of them together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tongban.interfaces.console.running.embedded import EmbeddedServer, die_with_parent, tail
from tongban.interfaces.console.running.progress import Failure, say

SHORT_LIFE_SECONDS = 10.0
MOST_SHORT_LIVES = 5
STOP_SECONDS = 20.0
LARGEST_LOG = 10 * 1024 * 1024


@dataclass(slots=True)
class Child:
    """One program: its name, its command, and how it has fared."""

    name: str
    command: Sequence[str | Path]
    orphaned: signal.Signals = signal.SIGTERM
    """What it gets if this program is killed; a job worker would wait for the database before it obeys politely."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    short_lives: int = 0
    next_start: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Starts children, starts them again when they end, and stops them on a signal.

    A child that ends by itself within ten seconds five times in a row is given up, and everything is stopped: the operator is
    shown the end of its log. A child killed from outside is simply started again.
    """

    logs: Path
    environment: Mapping[str, str]
    server: EmbeddedServer | None = None
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def listen(self) -> None:
        """Take Ctrl-C, termination and a closed terminal as the order to stop."""
        for order in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(order, self._order)

    def _order(self, _signal: int, _frame: FrameType | None) -> None:
        if not self.stopping:
            say("\nStopping …")
        self.stopping = True

    def add(self, child: Child) -> None:
        """Start a program and look after it from now on."""
        self.children.append(child)
        self._start(child)

    def run(self) -> None:
        """Look after the children until the order to stop comes.

        :raises Failure: if a child does not stay up
        """
        while not self.stopping:
            self.look()
            time.sleep(0.2)

    def look(self) -> None:
        """Start again whatever has ended.

        :raises Failure: if a child does not stay up
        """
        if self.server and not self.server.alive():
            say("The database server ended; it is started again")
            self.server.start()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._ended(child)
            if child.process is None and time.monotonic() >= child.next_start:
                self._start(child)

    def stop(self) -> None:
        """Stop all children, then the database server."""
        for child in self.children:
            if child.process and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                end_group(child.process)
        if self.server:
            self.server.stop()

    def _start(self, child: Child) -> None:
        path = self.logs / f"{child.name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            child.process = subprocess.Popen(
                child.command, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent(child.orphaned),
            )  # fmt: skip
        child.started = time.monotonic()

    def _ended(self, child: Child) -> None:
        process = child.process
        if process is None:
            return
        end_group(process)
        by_itself = process.returncode >= 0
        lived = time.monotonic() - child.started
        child.short_lives = child.short_lives + 1 if by_itself and lived < SHORT_LIFE_SECONDS else 0
        how = f"ended with code {process.returncode}" if by_itself else f"was killed by signal {-process.returncode}"
        log = self.logs / f"{child.name}.log"
        if child.short_lives >= MOST_SHORT_LIVES:
            msg = f"The {child.name} process does not stay up ({child.short_lives} starts); the end of {log}:\n{tail(log)}"
            raise Failure(msg)
        say(f"The {child.name} process {how} after {lived:.0f} s; it is started again (see {log})")
        child.process = None
        child.next_start = time.monotonic() + min(0.5 * 2**child.short_lives, 10) * bool(child.short_lives)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever a child left behind in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
