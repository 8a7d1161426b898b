"""How the calendar of a small place lies over that of a larger one (CNT-08)."""

from __future__ import annotations

from dataclasses import replace

from tongban.foundation.clock.calendar import YearDays


def places_holding(jurisdiction: str) -> list[str]:
    """Return the jurisdictions that hold a region, the nation first: ``""``, …, ``42``, …, ``4201``, …, ``420102``."""
    return [jurisdiction[:length] for length in range(len(jurisdiction) + 1)]


def overlaid(below: YearDays, above: YearDays) -> YearDays:
    """Return a year with the differing days of a smaller jurisdiction laid over it; official only if both are."""
    return replace(
        below,
        official=below.official and above.official,
        closed={day: name for day, name in {**below.closed, **above.closed}.items() if day not in above.open},
        open={day: name for day, name in {**below.open, **above.open}.items() if day not in above.closed},
    )
