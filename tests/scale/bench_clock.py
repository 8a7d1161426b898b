"""How fast the clock counts: ``python -m tests.scale.bench_clock``, beside walking the days one by one."""

from __future__ import annotations

import datetime as dt
import random
import sys
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from tongban.foundation.clock.rules import Entry, Limit, Unit, derive
from tongban.foundation.clock.tests.calendars import national

ROUNDS = 20_000
DAY = dt.timedelta(days=1)


def main() -> None:
    """Print microseconds for each operation."""
    calendar = national()
    rng = random.Random(1)
    starts = [dt.date(2006, 1, 1) + DAY * rng.randrange(7000) for _round in range(ROUNDS)]
    limit = Limit(20, Unit.WORKING_DAY)

    def walk(start: dt.date) -> dt.date:
        left, day = 20, start
        while left:
            day += DAY
            left -= calendar.is_workday(day)
        return day

    stopped = [
        [Entry("start", day), Entry("stop", day + 5 * DAY), Entry("resume", day + 16 * DAY, resumption="continue")]
        for day in starts
    ]
    for name, work in (
        ("add 20 working days", lambda: [calendar.add_working_days(day, 20) for day in starts]),
        ("the same, day by day", lambda: [walk(day) for day in starts]),
        ("derive, one entry", lambda: [derive([Entry("start", day)], limit, calendar) for day in starts]),
        ("derive, stop and resume", lambda: [derive(ledger, limit, calendar) for ledger in stopped]),
    ):
        best = min(timeit.repeat(work, number=1, repeat=5))
        print(f"{name:26}{best / ROUNDS * 1e6:8.2f} µs{ROUNDS / best:14,.0f} a second")


if __name__ == "__main__":
    main()
