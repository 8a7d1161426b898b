"""Writes a change to the rows: tasks, clocks, special procedures, the case's columns, and the event."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from tongban.engines.cases.actions.clocks import ClockBook
from tongban.engines.cases.actions.places import unit_for
from tongban.engines.cases.limits import Resolver
from tongban.engines.cases.loading import Loaded
from tongban.engines.cases.models import (
    Case,
    CaseEvent,
    Correction,
    Extension,
    SpecialProcedure,
    Task,
)
from tongban.engines.cases.rules.state import Change, OpenTask
from tongban.engines.cases.rules.vocabulary import OVER, Kind
from tongban.foundation.accounts.fields import digest
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.rules import Calendar
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.packs.localized import localized
from tongban.foundation.rows.statements import insert, update, write

ZH = "zh-hans"


@dataclass(slots=True)
class Writer:
    """One change being written, inside the transaction that holds the case's lock."""

    loaded: Loaded
    change: Change
    by: Actor
    at: dt.datetime
    calendar: Calendar
    resolver: Resolver
    key: str = ""
    new: dict[int, Task] = field(default_factory=dict)
    book: ClockBook = field(init=False)

    def __post_init__(self) -> None:
        """Open the book of clocks."""
        self.book = ClockBook(self.loaded, self.calendar, self.resolver, self.at, self.loaded.case.event_seq + 1)

    @property
    def case(self) -> Case:
        """Return the case."""
        return self.loaded.case

    @property
    def on(self) -> dt.date:
        """Return the day of writing."""
        return local_date(self.at)

    def write(self) -> CaseEvent:
        """Write everything and return the event."""
        before = self.case.status
        self._close_tasks()
        self._touch_tasks()
        for opened in self.change.open_tasks:
            self.new[opened.ref] = self._open(opened)
        self.book.apply(self.change, self.new)
        self._specials()
        self._corrections()
        self._extensions()
        self._case()
        self.book.save(self.on)
        return self._event(before)

    # -- tasks -----------------------------------------------------------------------------------------------------

    def _task(self, ref: int) -> Task:
        return self.new[ref] if ref < 0 else next(task for task in self.loaded.tasks if task.pk == ref)

    def _close_tasks(self) -> None:
        for close in self.change.close_tasks:
            task = self._task(close.ref)
            task.state, task.closed_at, task.outcome = Task.State.CLOSED, self._legal_moment(), close.outcome
            task.opinion = close.opinion
            if close.ref == self.change.task and self.by.account is not None:
                task.closed_by = self.by.account

    def _legal_moment(self) -> dt.datetime:
        """Return now, or the beginning of the day from which the law's own effect counts."""
        effective = self.change.effective_on
        early = self.by.system and effective < self.on and self.change.kind is not Kind.DEEMED_ACCEPT
        return _moment(effective) or self.at if early else self.at

    def _touch_tasks(self) -> None:
        for touch in self.change.touch_tasks:
            task = self._task(touch.ref)
            if touch.state is not None and task.state != Task.State.CLOSED:
                if touch.state == Task.State.OPEN and task.state == Task.State.WAITING:
                    task.opened_at = self.at
                task.state = touch.state
            if touch.assignee is not None:
                task.assignee_id = touch.assignee

    def _open(self, opened: OpenTask) -> Task:
        task = Task(
            case=self.case,
            kind=opened.kind,
            step=opened.step,
            title=localized(self.loaded.compiled.title_of(opened.step), language=ZH),
            unit_id=unit_for(self.case, opened.unit),
            role=opened.role,
            assignee_id=opened.assignee,
            parent=None if opened.parent is None else self._task(opened.parent),
            blocking=opened.blocking,
            state=opened.state,
            question=opened.question,
            opened_at=self._legal_moment(),
        )
        insert([task])
        self.loaded.tasks.append(task)
        return task

    # -- special procedures, corrections, extensions -----------------------------------------------------------------

    def _specials(self) -> None:
        data = self.change.data
        for started in self.change.start_specials:
            task, special = self._task(started.task), self.loaded.compiled.specials[started.code]
            clock = next((each for each in self.loaded.clocks if each.task_id == task.pk), None)
            by_hand = self.change.step in special.hosts and self.change.code == special.start.code
            row = SpecialProcedure(
                case=self.case,
                task=task,
                code=started.code,
                kind=special.kind,
                reason=data.get("reason", "") if by_hand else "",
                basis=special.basis,
                stops_clock=special.stops_clock,
                expected_days=data.get("expected_days") if by_hand else None,
                max_figure=clock.figure if clock else special.limit.figure or 0,
                max_unit=clock.unit if clock else special.limit.unit or "working_day",
                started_at=self.at,
                started_by=self.by.name,
                data={name: data[name] for name in ("held_on", "place", "public_summary") if by_hand and name in data},
            )
            insert([row])
            self.loaded.specials.append(row)
        for finished in self.change.finish_specials:
            row = next(each for each in self.loaded.specials if each.pk == finished.ref)
            row.ended_at, row.ended_by, row.result = self.at, self.by.name, finished.result
            if row.task_id == self.change.task:
                row.opinion = data.get("opinion", "")
                row.report_id = data.get("report") or None
                kept = {name: data[name] for name in ("members", "record", "public_summary") if name in data}
                row.data = {**row.data, **kept}
            update(row, ["ended_at", "ended_by", "result", "opinion", "report", "data"])

    def _corrections(self) -> None:
        if self.change.ask_correction:
            clock = next(each for each in self.loaded.clocks if each.kind == "correction" and each.ended_on is None)
            row = Correction(
                case=self.case,
                items=list(self.change.data["items"]),
                asked_at=self.at,
                asked_by=self.by.name,
                due_on=clock.due_on or self.on,
            )
            insert([row])
            self.loaded.corrections.append(row)
        elif self.change.answer_correction and self.loaded.corrections:
            row = self.loaded.corrections[-1]
            row.answered_at = self.at
            update(row, ["answered_at"])
        elif self.change.lapse_correction and self.loaded.corrections:
            row = self.loaded.corrections[-1]
            row.lapsed_on = self.change.effective_on
            update(row, ["lapsed_on"])

    def _extensions(self) -> None:
        asked = self.change.ask_extension
        rule = self.loaded.compiled.extension
        if asked is not None and rule is not None:
            row = Extension(
                case=self.case,
                task=self.new[asked],
                figure=self.change.data["days"],
                unit=rule.limit.unit,
                reason=self.change.data["reason"],
                basis=rule.limit.source["zh"] if rule.limit.source else "",
                asked_at=self.at,
                asked_by=self.by.name,
            )
            insert([row])
            self.loaded.extensions.append(row)
        if self.change.settle_extension is not None:
            ref, state = self.change.settle_extension
            row = next(each for each in self.loaded.extensions if each.pk == ref)
            row.state, row.decided_at, row.decided_by = state, self.at, self.by.name
            update(row, ["state", "decided_at", "decided_by"])

    # -- the case and the event --------------------------------------------------------------------------------------

    def _case(self) -> None:
        case, stamps = self.case, self.change.stamps
        case.status, case.result = self.change.status.value, self.change.result
        if "accepted" in stamps:
            received = self.change.accepted_on is not None and self.change.accepted_on < self.on
            case.accepted_at = _moment(self.change.accepted_on) if received else self.at
            if received and self.change.accepted_on == local_date(case.submitted_at):
                case.accepted_at = case.submitted_at
        if "decided" in stamps:
            case.decided_at = self.at
        if "delivered" in stamps:
            case.delivered_at = self.at
        if "closed" in stamps:
            effective = self.change.effective_on
            case.closed_at = _moment(effective) if effective < self.on else self.at
        live = [task for task in self.loaded.tasks if task.state == Task.State.OPEN]
        steps = dict.fromkeys(task.step for task in live)
        if case.status == Case.Status.CORRECTION:
            steps = {"correction": None}
        case.open_steps = " ".join(steps) if case.status not in OVER else ""
        self.book.columns(self.on)
        case.version += 1
        case.event_seq += 1
        update(case, _CASE_FIELDS)

    def _event(self, before: str) -> CaseEvent:
        change, case = self.change, self.case
        event = CaseEvent(
            case=case,
            seq=case.event_seq,
            act=change.code,
            kind=change.kind.value,
            step=change.step,
            title=change.title,
            task_id=change.task,
            at=self.at,
            effective_on=change.effective_on,
            account=self.by.account,
            actor_key=self.by.key,
            actor_name=self.by.name,
            unit=self.by.unit,
            from_status=before,
            to_status=case.status,
            note=change.note,
            data=dict(change.data),
            definition_version=case.definition.version,
            visible_to_applicant=change.visible,
            key=self.key,
        )
        write([event])
        return event


_CASE_FIELDS = [
    "status", "result", "open_steps", "accepted_at", "decided_at", "delivered_at", "closed_at", "statutory_due_on",
    "promised_due_on", "step_due_on", "due_provisional", "paused", "light", "next_check_on", "version", "event_seq",
]  # fmt: skip


def _moment(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), tzinfo=CHINA)


def audit_data(event: CaseEvent, case: Case) -> dict[str, Any]:
    """Return what the audit chain keeps of an event: codes, dates and a keyed digest of the rest, no personal data."""
    body = json.dumps({"note": event.note, "data": event.data}, ensure_ascii=False, sort_keys=True, default=str)
    return {
        "seq": event.seq,
        "act": event.act,
        "step": event.step,
        "from": event.from_status,
        "to": event.to_status,
        "result": case.result,
        "effective_on": event.effective_on.isoformat(),
        "definition": f"{case.definition.code}@{event.definition_version}",
        "content": digest(body),
    }
