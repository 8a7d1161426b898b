"""Compare the clock with an independent day-by-day count over random cases of 2004 to 2026.

``python -m tests.scale.clock_oracle [cases] [seed]`` (100,000 by default); the calendar comes from the pack's
files, the other count from the package chinesecalendar. Exit status 1 if a single case differs.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from tongban.foundation.clock.rules import derive
from tongban.foundation.clock.tests import oracle
from tongban.foundation.clock.tests.calendars import national


def main(cases: int, seed: int) -> int:
    """Compare and print; return how many cases differ."""
    rng = random.Random(seed)
    calendar = national()
    compared = skipped = differing = 0
    ours = theirs = 0.0
    while compared < cases:
        case = oracle.random_case(rng)
        begun = time.perf_counter()
        expected = oracle.due(case)
        between = time.perf_counter()
        if expected is None:
            skipped += 1
            continue
        found = derive(case.ledger(), case.limit, calendar).due_on
        theirs += between - begun
        ours += time.perf_counter() - between
        compared += 1
        if found != expected:
            differing += 1
            print(f"differs: {case} ours {found} independent {expected}")
    print(f"{compared} cases compared (seed {seed}), {differing} differ; {skipped} ran past 2026 and were left out")
    print(
        f"ours {compared / ours:,.0f} cases/s (ledger built, dates derived); independent {compared / theirs:,.0f} cases/s"
    )
    return differing


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:3]]
    raise SystemExit(1 if main(*(numbers + [100_000, 20261121][len(numbers) :])) else 0)
