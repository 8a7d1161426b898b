"""One job a minute turns lights and lets the law's own effects happen; missing a run changes no legal date."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from tongban.engines.cases.actions.acting import settle
from tongban.engines.cases.actions.lighting import Look, StepLook, late_kinds, write_looks
from tongban.engines.cases.loading import compiled_definition, published
from tongban.engines.cases.models import Case
from tongban.engines.cases.rules.lights import light_of, light_of_case, next_check, takes_effect
from tongban.foundation.clock.now import local_date
from tongban.foundation.rows.running import ask

BATCH = 1000
log = logging.getLogger(__name__)

_DUE = """
SELECT id, number, unit_id, status, definition_id, light, event_seq FROM cases_case
WHERE closed_at IS NULL AND next_check_on <= %s AND id <> ALL(%s::bigint[])
ORDER BY next_check_on LIMIT %s FOR UPDATE SKIP LOCKED
"""
"""The order within a day is that of the index, so that nothing is sorted however many are due on the same day."""
_CLOCKS = """
SELECT case_id, task_id, kind, due_on, warn_on, running, on_expiry FROM cases_caseclock
WHERE case_id = ANY(%s::bigint[]) AND ended_on IS NULL ORDER BY id
"""
_TASKS = """
SELECT id, case_id, step, kind, unit_id, assignee_id, light FROM cases_task
WHERE case_id = ANY(%s::bigint[]) AND closed_at IS NULL ORDER BY id
"""


class LiveClock(NamedTuple):
    """A clock that has not ended, as it was read."""

    case_id: int
    task_id: int | None
    kind: str
    due_on: dt.date | None
    warn_on: dt.date | None
    running: bool
    on_expiry: str


@dataclass(slots=True)
class SweepResult:
    """What a sweep did: cases looked at, lights of cases and of steps turned, effects of the law, and failures."""

    checked: int = 0
    turned: int = 0
    steps: int = 0
    settled: int = 0
    failed: list[int] = field(default_factory=list)


def sweep(
    *, at: dt.datetime, batch: int = BATCH, most: int = 200, progress: Callable[[int], None] | None = None
) -> SweepResult:
    """Look at every live case whose next check is due, in batches that other workers skip.

    :param most: the most batches in one run
    """
    result = SweepResult()
    for _round in range(most):
        done = _batch(at, batch, result)
        if progress is not None:
            progress(result.checked)
        if not done:
            break
    return result


def _batch(at: dt.datetime, size: int, result: SweepResult) -> bool:
    today = local_date(at)
    with transaction.atomic():
        due = ask(_DUE, today, result.failed, size)
        if not due:
            return False
        keys = [row[0] for row in due]
        clocks: dict[int, list[LiveClock]] = {}
        for row in ask(_CLOCKS, keys):
            clocks.setdefault(row[0], []).append(LiveClock._make(row))
        expiring = [
            row[0] for row in due
            if takes_effect(clocks.get(row[0], ()), today, correcting=row[3] == Case.Status.CORRECTION)
        ]  # fmt: skip
        gone = set(expiring)
        tasks: dict[int, list[tuple[Any, ...]]] = {}
        for row in ask(_TASKS, [key for key in keys if key not in gone]):
            tasks.setdefault(row[1], []).append(row)
        looks = [
            _look(row, clocks.get(row[0], []), tasks.get(row[0], []), today) for row in due if row[0] not in gone
        ]  # fmt: skip
        turned = write_looks(looks, at=at)
        result.turned += len(turned.cases)
        result.steps += len(turned.steps)
        result.checked += len(looks)
    for case in Case.objects.filter(pk__in=expiring).order_by("next_check_on", "pk") if expiring else ():
        _settle(case, at, result)
        result.checked += 1
    return True


def _look(row: tuple[Any, ...], clocks: list[LiveClock], tasks: list[tuple[Any, ...]], today: dt.date) -> Look:
    """Look at a case as it was read: what :func:`set_columns` sets of its lights, without the rest."""
    key, number, unit, status, definition, light, event_seq = row
    process = published(definition)
    now, paused = light_of_case(clocks, today)
    return Look(
        key, number, unit, status, compiled_definition(process), process.version, light, now, paused,
        next_check(clocks, today), event_seq, late_kinds(clocks, today),
        [_step(task, clocks, today) for task in tasks],
    )  # fmt: skip


def _step(task: tuple[Any, ...], clocks: list[LiveClock], today: dt.date) -> StepLook:
    key, _case, step, kind, unit, assignee, before = task
    for clock in clocks:
        if clock.task_id == key and clock.running:
            now = light_of(clock.due_on, clock.warn_on, today)
            return StepLook(key, step, kind, unit, assignee, before, now, clock.due_on)
    return StepLook(key, step, kind, unit, assignee, before, "none", None)


def _settle(case: Case, at: dt.datetime, result: SweepResult) -> None:
    """Settle one case; what goes wrong with it must not keep the others waiting."""
    try:
        done = settle(case=case, at=at)
        result.settled += len(done)
        if not done:  # another worker was faster, or nothing follows: do not look at it again in this run
            result.failed.append(case.pk)
    except Exception:
        result.failed.append(case.pk)
        log.exception("case %s could not be settled", case.number)
