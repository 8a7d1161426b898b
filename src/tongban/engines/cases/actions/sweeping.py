"""One job a minute turns lights and lets the law's own effects happen; missing a run changes no legal date."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from tongban.engines.cases import registers
from tongban.engines.cases.actions.acting import LAW, settle
from tongban.engines.cases.actions.clocks import set_columns
from tongban.engines.cases.loading import Loaded, compiled_of
from tongban.engines.cases.models import Case, CaseClock, CaseEvent, Light
from tongban.engines.cases.registers import LightChange
from tongban.foundation.clock.now import local_date
from tongban.foundation.rows.statements import update_all

BATCH = 1000
log = logging.getLogger(__name__)
LIGHT_TITLES = {
    "green": {"zh": "恢复正常", "en": "Back to normal"},
    "amber": {"zh": "亮黄灯：期限临近", "en": "Amber: a limit is near"},
    "red": {"zh": "亮红灯：超过期限", "en": "Red: a limit has passed"},
    "paused": {"zh": "停止计时", "en": "Paused"},
    "none": {"zh": "不计时", "en": "No clock"},
}


@dataclass(slots=True)
class SweepResult:
    """What a sweep did: cases looked at, lights turned, effects of the law, and cases that could not be settled."""

    checked: int = 0
    turned: int = 0
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
        for clock in CaseClock.objects.filter(case__in=cases).order_by("pk"):
            clocks.setdefault(clock.case_id, []).append(clock)
        expiring = [case for case in cases if _expires(clocks.get(case.pk, []), today)]
        gone = {case.pk for case in expiring}
        _turn([case for case in cases if case.pk not in gone], clocks, at, result)
        result.checked += len(cases) - len(expiring)
    for case in expiring:
        _settle(case, at, result)
        result.checked += 1
    return True


def _settle(case: Case, at: dt.datetime, result: SweepResult) -> None:
    """Settle one case; what goes wrong with it must not keep the others waiting."""
    try:
        result.settled += len(settle(case=case, at=at))
    except Exception:
        result.failed.append(case.pk)
        log.exception("case %s could not be settled", case.number)


def _expires(clocks: Sequence[CaseClock], today: dt.date) -> bool:
    return any(
        clock.ended_on is None and clock.on_expiry and clock.due_on is not None and clock.due_on < today
        for clock in clocks
    )


def _turn(cases: Sequence[Case], clocks: dict[int, list[CaseClock]], at: dt.datetime, result: SweepResult) -> None:
    today = local_date(at)
    changes: list[LightChange] = []
    events: list[CaseEvent] = []
    for case in cases:
        before = case.light
        loaded = Loaded(case, compiled_of(case), clocks=clocks.get(case.pk, []))
        set_columns(loaded, today)
        if case.light != before:
            late = tuple(
                clock.kind for clock in loaded.clocks
                if clock.ended_on is None and clock.due_on is not None and clock.due_on < today
            )  # fmt: skip
            events.append(_event(case, before, late, at))
            changes.append(LightChange(case.pk, case.number, case.unit_id, before, case.light, today, at, late))
    update_all(cases, ["light", "paused", "next_check_on", "event_seq"])
    CaseEvent.objects.bulk_create(events, batch_size=BATCH)
    result.turned += len(changes)
    if changes:
        for listener in registers.listeners():
            listener(changes)


def _event(case: Case, before: str, late: tuple[str, ...], at: dt.datetime) -> CaseEvent:
    case.event_seq += 1
    return CaseEvent(
        case=case,
        seq=case.event_seq,
        act=f"light_{case.light}",
        kind="light",
        title=LIGHT_TITLES[Light(case.light).value],
        at=at,
        effective_on=local_date(at),
        actor_key=LAW.key,
        actor_name=LAW.name,
        from_status=case.status,
        to_status=case.status,
        data={"from": before, "to": case.light, "late": list(late)},
        definition_version=case.definition.version,
        visible_to_applicant=False,
    )
