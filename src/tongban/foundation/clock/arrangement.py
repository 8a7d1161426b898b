"""A year's arrangement as someone enters it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class YearEntry:
    """A year as someone enters it: days off and make-up workdays with the holiday's name."""

    year: int
    official: bool
    source: str
    days_off: Mapping[dt.date, str]
    make_up: Mapping[dt.date, str] = field(default_factory=dict)
    jurisdiction: str = ""
    source_number: str = ""
    taken_from: str = ""
