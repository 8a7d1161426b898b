"""One job a minute turns lights and lets the law's own effects happen; missing a run changes no legal date."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from tongban.engines.cases.actions.acting import settle
from tongban.engines.cases.actions.clocks import takes_effect
from tongban.engines.cases.actions.lighting import turn_lights
from tongban.engines.cases.loading import Loaded, compiled_of
from tongban.engines.cases.models import Case, CaseClock, Task
from tongban.foundation.clock.now import local_date
from tongban.foundation.rows.statements import load

BATCH = 1000
log = logging.getLogger(__name__)


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
        cases = list(
            Case.objects.filter(closed_at__isnull=True, next_check_on__lte=today)
            .exclude(pk__in=result.failed)
            .order_by("next_check_on", "pk")
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("definition")
            .defer("definition__source", "definition__compiled")[:size]
        )
        if not cases:
            return False
        clocks: dict[int, list[CaseClock]] = {}
        for clock in load(CaseClock, "case_id = ANY(%s) AND ended_on IS NULL", [case.pk for case in cases]):
            clocks.setdefault(clock.case_id, []).append(clock)
        expiring = [case for case in cases if takes_effect(case, clocks.get(case.pk, []), today)]
        gone = {case.pk for case in expiring}
        staying = [case for case in cases if case.pk not in gone]
        tasks: dict[int, list[Task]] = {}
        for task in load(Task, "case_id = ANY(%s) AND closed_at IS NULL", [case.pk for case in staying]):
            tasks.setdefault(task.case_id, []).append(task)
        loaded = [
            Loaded(case, compiled_of(case), clocks=clocks.get(case.pk, []), tasks=tasks.get(case.pk, []))
            for case in staying
        ]
        turned = turn_lights(loaded, at=at)
        result.turned += len(turned.cases)
        result.steps += len(turned.steps)
        result.checked += len(cases) - len(expiring)
    for case in expiring:
        _settle(case, at, result)
        result.checked += 1
    return True


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
