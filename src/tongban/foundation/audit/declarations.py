"""What this slice registers with lower slices."""

from __future__ import annotations

from tongban.foundation.audit.actions import record
from tongban.foundation.clock.registers import CalendarChange, register_witness


def declare() -> None:
    """Witness every change of a calendar: due dates depend on it."""
    register_witness("audit", _record_calendar)


def _record_calendar(change: CalendarChange) -> None:
    record(
        stream=f"calendar:{change.jurisdiction or 'CN'}",
        kind="calendar.changed",
        actor=change.by,
        at=change.at,
        data={
            "source": change.source,
            "years": [
                {"year": year, "days_off": off, "make_up_days": opened} for year, (off, opened) in change.counts.items()
            ],
        },
    )
