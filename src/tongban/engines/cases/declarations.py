"""What this slice declares to the slices below it."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from tongban.engines.cases import permissions
from tongban.engines.cases.actions.adopting import adopt
from tongban.engines.cases.actions.checking import hearing_announced_in_time, no_rejected_material
from tongban.engines.cases.actions.definitions import load_processes
from tongban.engines.cases.actions.recounting import start_recount
from tongban.engines.cases.models import ProcessDefinition
from tongban.engines.cases.registers import register_check
from tongban.engines.cases.renewal import being_renewed
from tongban.engines.catalog.codes import register_codes
from tongban.engines.licenses.registers import register_keeper
from tongban.foundation.accounts.verification import register_told
from tongban.foundation.clock.registers import CalendarChange, register_witness
from tongban.foundation.packs.sections import Section, register_section


def declare() -> None:
    """Register permissions, policies, checks and the pack section ``processes``."""
    permissions.declare()
    register_check("no_rejected_material", no_rejected_material)
    register_check("hearing_announced_in_time", hearing_announced_in_time)
    register_witness("cases", _recount_later)
    register_keeper("cases", being_renewed)
    register_told("cases", adopt)
    register_codes("process", lambda: frozenset(ProcessDefinition.objects.values_list("code", flat=True)))
    register_section(Section("processes", "processes/*.yaml", 50, load_processes))


def _recount_later(change: CalendarChange) -> None:
    """Have due dates counted anew, after the transaction that changed the calendar."""
    first = dt.date(min(change.years), 1, 1) if change.years else None
    run = start_recount(
        jurisdiction=change.jurisdiction, first_day=first, source=change.source, by=change.by, at=change.at
    )
    app.configure_task("cases.recount", queue="clock").defer(run=run.pk)
