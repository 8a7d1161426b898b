"""Says on the terminal what is being done and how long it takes."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self

QUIET_SECONDS = 10.0


def say(text: str) -> None:
    """Write one line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Failure(Exception):  # noqa: N818 - it is shown, not handled
    """Something the operator has to mend; the text names place and remedy."""


class Step:
    """A step with a name; a long one says every ten seconds that it is still at work, and all say their time.

    Usage: ``with step("Start the database"): …``. Lines printed inside appear beneath the heading.
    """

    def __init__(self, title: str) -> None:
        """Keep the title."""
        self.title = title
        self._done = threading.Event()
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self._started

    def __enter__(self) -> Self:
        """Print the heading and start to count."""
        self._started = time.monotonic()
        say(f"==> {self.title}")
        threading.Thread(target=self._remind, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say how long it took."""
        self._done.set()
        if kind is None:
            say(f"    done in {self.seconds:.1f} s")

    def _remind(self) -> None:
        while not self._done.wait(QUIET_SECONDS):
            say(f"    … {self.title}: {self.seconds:.0f} s")


def step(title: str) -> Step:
    """Return a step to be used in a ``with`` statement."""
    return Step(title)
