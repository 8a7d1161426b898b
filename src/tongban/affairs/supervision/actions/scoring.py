"""Turns standing alarms and the facts of finished cases into points, month by month; doing it again changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from tongban.affairs.supervision.models import Alarm
from tongban.affairs.supervision.queries import scores
from tongban.engines.indicators.actions import (
    Facts,
    Measure,
    Settled,
    Signal,
    enter_signals,
    resettle,
    settle_month,
    take_back,
)
from tongban.engines.indicators.models import PointEntry, ScoreScheme
from tongban.engines.indicators.queries import Subject, differences, standing
from tongban.engines.indicators.rules import month_of, shifted
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.packs.localized import localized


@dataclass(frozen=True, slots=True)
class Entered:
    """What one look at the alarms came to."""

    entered: tuple[PointEntry, ...]
    taken_back: tuple[PointEntry, ...]

    @property
    def months(self) -> frozenset[dt.date]:
        """Return the months that changed."""
        return frozenset(month_of(entry.day) for entry in (*self.entered, *self.taken_back))


def enter_alarms(*, by: Actor, at: dt.datetime) -> Entered:
    """Enter every standing alarm that is not in the ledger, and take back the points of those withdrawn."""
    signals = [signal_of(alarm) for alarm in scores.alarms_to_enter().iterator(500)]
    entered = enter_signals(code=scores.SCHEME, signals=signals, by=by, at=at)
    back = [entry for alarm in scores.alarms_to_take_back() for entry in _take_back(alarm, by=by, at=at)]
    return Entered(tuple(entered), tuple(back))


@transaction.atomic
def enter_and_settle(*, by: Actor, at: dt.datetime) -> Entered:
    """Enter alarms and derive the months of the units they concern again."""
    done = enter_alarms(by=by, at=at)
    touched = {(entry.unit_id, month_of(entry.day)): entry for entry in (*done.entered, *done.taken_back)}
    for _key, entry in sorted(touched.items(), key=lambda item: item[0]):
        resettle(entry=entry, by=by, at=at)
    return done


def take_back_alarm(*, alarm: Alarm, by: Actor, at: dt.datetime) -> None:
    """Give the points of a withdrawn alarm back at once."""
    for entry in _take_back(alarm, by=by, at=at):
        resettle(entry=entry.reverses or entry, by=by, at=at)


def _take_back(alarm: Alarm, *, by: Actor, at: dt.datetime) -> list[PointEntry]:
    rows = PointEntry.objects.filter(scheme__code=scores.SCHEME, key=f"{scores.SCHEME}:{scores.PREFIX}{alarm.number}")
    return [
        take_back(entry=entry, note=alarm.withdrawn_reason, by=by, at=at)
        for entry in standing(rows).select_related("scheme", "unit")
    ]


def signal_of(alarm: Alarm) -> Signal:
    """Return an alarm as the engine takes it: its color is the signal, its rule the cause."""
    finding = {language: _words(alarm, language) for language in ("zh", "en")}
    return Signal(
        signal=alarm.color,
        cause=alarm.rule_code,
        unit=alarm.unit,
        account_id=alarm.account_id,
        day=alarm.entered_on,
        about=f"{scores.PREFIX}{alarm.number}",
        matter=alarm.about,
        event_seq=alarm.event_seq,
        params={"finding": finding, "title": alarm.title, "rule": alarm.rule_code},
    )


def _words(alarm: Alarm, language: str) -> str:
    colon = "：" if language == "zh" else ": "
    return f"{localized(alarm.title, language=language)}{colon}{localized(alarm.finding, language=language)}"


def facts_of(month: dt.date) -> dict[Subject, Facts]:
    """Return what was counted for every unit and person of a month."""
    found: dict[Subject, Facts] = {
        (unit, None): Facts(
            row.closed, {name: Measure(each.share, each.count, each.base) for name, each in row.shares.items()}
        )
        for unit, row in scores.units_in_month(month).items()
    }
    return found | {subject: Facts(count) for subject, count in scores.people_in_month(month).items()}


def settle(*, month: dt.date, by: Actor, at: dt.datetime) -> Settled | None:
    """Derive a month for all units and people from the ledger and the finished cases; ``None`` before any scheme began."""
    try:
        return settle_month(code=scores.SCHEME, month=month, facts=facts_of(month), by=by, at=at)
    except ScoreScheme.DoesNotExist:
        return None


def settle_since(*, first: dt.date, last: dt.date, by: Actor, at: dt.datetime) -> dict[dt.date, Settled]:
    """Derive every month from one to another."""
    found: dict[dt.date, Settled] = {}
    month = month_of(first)
    while month <= month_of(last):
        done = settle(month=month, by=by, at=at)
        if done is not None:
            found[month] = done
        month = shifted(month, 1)
    return found


def mend(months: Iterable[dt.date], *, by: Actor, at: dt.datetime) -> list[str]:
    """Derive again the months whose scores differ from what they come from; return what differed."""
    found: list[str] = []
    for month in sorted(months):
        differing = check([month])
        if differing:
            settle(month=month, by=by, at=at)
        found += differing
    return found


def check(months: Iterable[dt.date]) -> list[str]:
    """Derive scores again and say what differs: standings from the ledger, the ledger from alarms, volumes from cases."""
    found = [f"alarm {alarm.number}: not in the ledger" for alarm in scores.alarms_to_enter() if _has_points(alarm)]
    found += [f"alarm {alarm.number}: withdrawn, points still count" for alarm in scores.alarms_to_take_back()]
    for month in sorted(months):
        found += differences(scores.SCHEME, month)
        found += _volume_differences(month)
    return found


def _has_points(alarm: Alarm) -> bool:
    return ScoreScheme.objects.filter(code=scores.SCHEME, effective_from__lte=month_of(alarm.entered_on)).exists()


def _volume_differences(month: dt.date) -> list[str]:
    counted = {subject: fact.volume for subject, fact in facts_of(month).items()}
    stored = scores.volumes(month)
    return [
        f"{month:%Y-%m} unit {unit} account {account or '–'}: volume {stored.get((unit, account), 0)} ≠ {count}"
        for (unit, account), count in sorted(counted.items(), key=str)
        if stored.get((unit, account), 0) != count
    ]
