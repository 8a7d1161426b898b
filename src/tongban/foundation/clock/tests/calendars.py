"""The calendars of the law pack, without a database and in one."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tongban.foundation.clock.now import CHINA
from tongban.foundation.clock.packed import packed_calendar
from tongban.foundation.clock.rules import Calendar
from tongban.foundation.packs.reading import read_yaml
from tongban.foundation.packs.sections import Loading

if TYPE_CHECKING:
    from tongban.foundation.packs.sections import Outcome

PACK = Path(__file__).resolve().parents[5] / "packs" / "law"
AT = dt.datetime(2026, 11, 21, 9, tzinfo=CHINA)


@cache
def national() -> Calendar:
    """Return the nation's calendar as the pack has it."""
    return packed_calendar(PACK)


def load_national() -> Outcome:
    """Load the pack's calendars into the database (for tests of any slice that counts days)."""
    from tongban.foundation.clock.loading import load_calendars

    documents = [read_yaml(path, root=PACK) for path in sorted(PACK.glob("calendars/*.yaml"))]
    return load_calendars(documents, Loading(PACK, "law", AT))


def load_law() -> Outcome:
    """Load the pack's limits into the database."""
    from tongban.foundation.clock.loading import load_rules

    documents = [read_yaml(path, root=PACK) for path in sorted(PACK.glob("rules/*.yaml"))]
    return load_rules(documents, Loading(PACK, "law", AT))
