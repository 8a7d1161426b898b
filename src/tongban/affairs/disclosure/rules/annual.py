"""The table of requests in the annual report on open information (政府信息公开条例 Art. 50, 国办公开办函〔2021〕30号).

Counted by the kind of applicant. What came in and what was carried over equals what was concluded and what is carried forward;
the table is made from single requests, so that it cannot be otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COLUMNS = ("person", "enterprise", "research", "public_interest", "legal_service", "other")
KINDS: Mapping[str, str] = {"person": "person", "enterprise": "enterprise", "society": "public_interest"}
"""Kinds of applicants of the hall that have a column of their own; every other is counted as ``other``."""
NEW, CARRIED, DISCLOSED, DECLINED, GIVEN_UP, WITHDRAWN, CONCLUDED, FORWARD = (
    "new", "carried", "disclosed", "declined", "given_up", "withdrawn", "concluded", "forward",
)  # fmt: skip
OUTCOMES: Mapping[str, str] = {"granted": DISCLOSED, "refused": DECLINED, "abandoned": GIVEN_UP, "withdrawn": WITHDRAWN}
ROWS = (NEW, CARRIED, DISCLOSED, DECLINED, GIVEN_UP, WITHDRAWN, CONCLUDED, FORWARD)


@dataclass(frozen=True, slots=True)
class Request:
    """One request for information: who asked, when it came, when and how it was concluded."""

    kind: str
    received_on: dt.date
    concluded_on: dt.date | None
    result: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: its code, the numbers by kind of applicant, their sum."""

    code: str
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the sum of the row."""
        return sum(self.numbers)


def tabulate(requests: Iterable[Request], year: int) -> list[Line]:
    """Return the table of a year. Requests received later, or concluded before it began, do not count."""
    table = {code: dict.fromkeys(COLUMNS, 0) for code in ROWS}
    for request in requests:
        late = request.received_on.year > year
        past = request.concluded_on is not None and request.concluded_on.year < year
        if late or past:
            continue
        column = KINDS.get(request.kind, "other")
        rows = [NEW if request.received_on.year == year else CARRIED]
        if request.concluded_on is not None and request.concluded_on.year == year:
            rows += [OUTCOMES.get(request.result, WITHDRAWN), CONCLUDED]
        else:
            rows.append(FORWARD)
        for row in rows:
            table[row][column] += 1
    return [Line(code, tuple(table[code].values())) for code in ROWS]
