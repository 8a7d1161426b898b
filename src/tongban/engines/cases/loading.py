"""Loads a case with everything a decision needs, and turns rows into plain state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from psycopg.types.numeric import Int8

from tongban.engines.cases.models import (
    Case,
    CaseClock,
    CaseForm,
    ClockEntry,
    Correction,
    Extension,
    ProcessDefinition,
    SpecialProcedure,
    Task,
)
from tongban.engines.cases.rules.compiled import Compiled, load
from tongban.engines.cases.rules.state import (
    ClockView,
    CorrectionView,
    ExtensionView,
    SpecialView,
    State,
    TaskView,
    Who,
)
from tongban.engines.cases.rules.vocabulary import Status
from tongban.engines.catalog.models import Implementation, StandardItem
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.rules import Entry, Limit, Unit
from tongban.foundation.organizations import models as organizations
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.rows.kept import kept
from tongban.foundation.rows.statements import Read, load_together
from tongban.foundation.rows.statements import load as load_rows
from tongban.foundation.rows.statements import lock as lock_row

ITEM_HEAVY = ("elements", "search_text", "search_grams", "search_name")
HEAVY = ("definition__source", "definition__compiled", *(f"implementation__{name}" for name in ITEM_HEAVY))
"""Columns that a case's neighbors carry and that are hardly ever needed with it."""

NEIGHBORS = (
    "SELECT xmin::text || ctid::text FROM organizations_unit WHERE id = cases_case.unit_id",
    "SELECT xmin::text || ctid::text FROM catalog_implementation WHERE id = cases_case.implementation_id",
    (
        "SELECT s.xmin::text || s.ctid::text FROM catalog_implementation i JOIN catalog_standarditem s "
        "ON s.id = i.standard_item_id WHERE i.id = cases_case.implementation_id"
    ),
)
"""The versions that a case's neighbors have now, read with its row."""

_definitions: dict[int, ProcessDefinition] = {}


@dataclass(slots=True)
class Loaded:
    """A case and the rows around it."""

    case: Case
    compiled: Compiled
    tasks: list[Task] = field(default_factory=list)
    clocks: list[CaseClock] = field(default_factory=list)
    entries: dict[int, list[ClockEntry]] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    specials: list[SpecialProcedure] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)

    def state(self, on: dt.date) -> State:
        """Return the case as plain values for a day."""
        return State(
            status=Status(self.case.status),
            result=self.case.result,
            received_on=local_date(self.case.submitted_at),
            lead_unit=self.case.unit_id,
            tasks=tuple(map(_task, self.tasks)),
            specials=tuple(_special(each) for each in self.specials),
            corrections=tuple(
                CorrectionView(each.pk, each.answered_at is not None, each.lapsed_on is not None)
                for each in self.corrections
            ),
            extensions=tuple(
                ExtensionView(each.pk, each.task_id, each.figure, each.unit, each.state) for each in self.extensions
            ),
            clocks=tuple(map(_clock, self.clocks)),
            hands=self._hands(),
            accepted=self.case.accepted_at is not None,
            on=on,
            line=self.case.unit.line,
        )

    def _hands(self) -> dict[str, tuple[int, ...]]:
        hands: dict[str, tuple[int, ...]] = {}
        done = [task for task in self.tasks if task.closed_at is not None and task.closed_by_id is not None]
        for task in sorted(done, key=lambda each: (each.closed_at, each.pk)):
            if task.closed_by_id is not None:
                hands[task.step] = (*hands.get(task.step, ()), task.closed_by_id)
        return hands


def _task(task: Task) -> TaskView:
    return TaskView(
        task.pk, task.kind, task.step, task.state, task.unit_id, task.role, task.assignee_id, task.parent_id,
        task.blocking,
    )  # fmt: skip


def _special(row: SpecialProcedure) -> SpecialView:
    return SpecialView(row.pk, row.code, row.task_id, row.stops_clock, row.ended_at is not None, row.result)


def _clock(row: CaseClock) -> ClockView:
    return ClockView(
        row.pk, row.kind, row.task_id, row.started_on, row.running or row.ended_on is not None,
        row.ended_on is not None, row.due_on, row.on_expiry,
    )  # fmt: skip


def compiled_of(case: Case) -> Compiled:
    """Return the process a case runs on."""
    return compiled_definition(case.definition)


def compiled_definition(definition: ProcessDefinition) -> Compiled:
    """Return the compiled form of a version; its JSON is read only once in a process."""
    return load(definition.sha256, lambda: definition.compiled)


def published(definition: int) -> ProcessDefinition:
    """Return the version of a process that a case has pinned.

    A published version never changes, so it is kept in the process; read only what belongs to the version from it.
    """
    held = _definitions.get(definition)
    if held is None:
        rows = ProcessDefinition.objects.defer("source", "compiled")
        held = _definitions.setdefault(definition, rows.get(pk=definition))
    return held


def lock_case_row(key: int) -> Case | None:
    """Return a case locked until the transaction ends, with its definition, unit and item attached; None if it is gone."""
    found = lock_row(Case, key, *NEIGHBORS)
    if found is None:
        return None
    case, (unit, item, standard) = found
    case.definition = published(case.definition_id)
    case.unit = kept(organizations.Unit, case.unit_id, unit)
    if case.implementation_id is not None:
        case.implementation = kept(Implementation, case.implementation_id, item, without=ITEM_HEAVY)
        key = case.implementation.standard_item_id
        case.implementation.standard_item = kept(StandardItem, key, standard)
    return case


def load_case(case: Case, *, tasks: list[Task] | None = None) -> Loaded:
    """Load what surrounds a case (its definition and unit should already be selected).

    :param tasks: its tasks, if they are already read, in the order of their keys
    """
    loaded = Loaded(case, compiled_of(case))
    key = (Int8(case.pk),)
    reads = [
        Read(CaseClock, "case_id = %s", key),
        Read(ClockEntry, "clock_id IN (SELECT id FROM cases_caseclock WHERE case_id = %s)", key),
    ]
    if tasks is None or any(task.kind == Task.Kind.SPECIAL for task in tasks):
        reads.append(Read(SpecialProcedure, "case_id = %s", key))
    if tasks is None:
        reads.append(Read(Task, "case_id = %s", key))
    if not CaseForm.case.field.remote_field.is_cached(case):
        reads.append(Read(CaseForm, "case_id = %s", key, ("answers",)))
    found = {read.model: rows for read, rows in zip(reads, load_together(*reads), strict=True)}
    loaded.tasks = found[Task] if tasks is None else tasks
    loaded.clocks, loaded.specials = found[CaseClock], found.get(SpecialProcedure, [])
    for entry in found[ClockEntry]:
        loaded.entries.setdefault(entry.clock_id, []).append(entry)
    for form in found.get(CaseForm, ()):
        form.case = case  # sets the case's own ``form`` too
    if any(clock.kind == CaseClock.Kind.CORRECTION for clock in loaded.clocks):
        loaded.corrections = load_rows(Correction, "case_id = %s", case.pk)
    if any(task.kind == Task.Kind.EXTENSION for task in loaded.tasks):
        loaded.extensions = load_rows(Extension, "case_id = %s", case.pk)
    return loaded


def ledger(entries: list[ClockEntry]) -> list[Entry]:
    """Return the lines of a clock as the clock's rules read them."""
    return [
        Entry(
            row.kind,  # type: ignore[arg-type]
            row.on,
            at=row.at,
            resumption=row.resumption or None,  # type: ignore[arg-type]
            extra=Limit(row.extra_figure, Unit(row.extra_unit)) if row.extra_figure is not None else None,
            cause=row.cause,
            basis=row.basis,
        )
        for row in entries
    ]


def who(actor: Actor, case: Case) -> Who:
    """Return an actor as decisions see one."""
    account = actor.account.pk if actor.account is not None else None
    applicant = account is not None and case.applicant_id is not None and case.applicant_id in actor.principals
    return Who(
        id=account,
        unit=actor.unit.pk if actor.unit is not None else None,
        roles=frozenset(role.value for role in actor.roles),
        applicant=applicant,
        system=bool(actor.system),
    )
