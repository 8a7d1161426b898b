"""Judges cases by the rules in force and raises an alarm for each finding, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from tongban.affairs.supervision.actions.history import WATCHER
from tongban.affairs.supervision.actions.numbering import ALARM, next_numbers
from tongban.affairs.supervision.actions.telling import tell_of_alarms
from tongban.affairs.supervision.models import Alarm, SupervisionRule
from tongban.affairs.supervision.queries.casefiles import case_files
from tongban.affairs.supervision.rules.casefile import Found
from tongban.affairs.supervision.rules.registry import all_rules, judge
from tongban.engines.cases.models import Case
from tongban.foundation.audit.actions import append
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.models import Unit

BATCH = 200
FRESH = dt.timedelta(days=7)
"""How old a finding may be for the people concerned to be told of it by message."""
_LOCK = 7_310_401


@dataclass(slots=True)
class Examined:
    """How many cases were looked at, and which alarms came of it."""

    cases: int = 0
    raised: list[Alarm] = field(default_factory=list)


def rules_in_force(codes: Collection[str] | None = None) -> dict[str, SupervisionRule]:
    """Return the rules that are switched on and exist in code, by code.

    :param codes: only these
    """
    rows = SupervisionRule.objects.filter(active=True, code__in=all_rules())
    return {row.code: row for row in rows if codes is None or row.code in codes}


def examine(
    keys: Sequence[int], *, at: dt.datetime, codes: Collection[str] | None = None, tell: bool = True
) -> Examined:
    """Judge cases as they stand and raise what is not raised yet. A second run over the same record raises nothing.

    :param keys: the cases' keys
    :param codes: only these rules
    :param tell: send the people concerned one message about findings of the last days
    """
    done = Examined()
    rules = rules_in_force(codes)
    settings = {code: row.params for code, row in rules.items()}
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        with transaction.atomic():
            with connection.cursor() as cursor:  # one at a time, so that what is known stays known until written
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            done.raised += _raise(batch, rules, settings, at=at, tell=tell)
        done.cases += len(batch)
    return done


def _raise(
    keys: Sequence[int],
    rules: Mapping[str, SupervisionRule],
    settings: Mapping[str, Mapping[str, Any]],
    *,
    at: dt.datetime,
    tell: bool,
) -> list[Alarm]:
    found = {alarm.key: alarm for alarm in _alarms(keys, rules, settings, at)}
    known = set(Alarm.objects.filter(key__in=list(found)).values_list("key", flat=True))
    fresh = [alarm for key, alarm in found.items() if key not in known]
    units = Unit.objects.in_bulk({alarm.unit_id for alarm in fresh})
    numbers = next_numbers(ALARM, day=local_date(at), count=len(fresh))
    for alarm, number in zip(fresh, numbers, strict=True):
        alarm.number, alarm.unit = number, units[alarm.unit_id]
        alarm.region_path = alarm.unit.region_path
    Alarm.objects.bulk_create(fresh)
    for alarm in fresh:
        append(
            stream=f"alarm:{alarm.number}",
            kind="supervision.alarm",
            actor=WATCHER.key,
            at=at,
            data={"rule": alarm.rule_code, "color": alarm.color, "about": alarm.about, "on": str(alarm.entered_on)},
        )
    if tell:
        tell_of_alarms([alarm for alarm in fresh if alarm.entered_on >= local_date(at - FRESH)], at=at)
    return fresh


def _alarms(
    keys: Sequence[int],
    rules: Mapping[str, SupervisionRule],
    settings: Mapping[str, Mapping[str, Any]],
    at: dt.datetime,
) -> Iterator[Alarm]:
    for case, file in case_files(keys, on=local_date(at)):
        for code, found in judge(file, settings):
            yield _alarm(case, rules[code], found, at)


def _alarm(case: Case, rule: SupervisionRule, found: Found, at: dt.datetime) -> Alarm:
    return Alarm(
        rule_code=rule.code,
        color=rule.color,
        severity=rule.severity,
        unit_id=found.unit or case.unit_id,
        account_id=found.account,
        about=f"case:{case.number}",
        case=case,
        task_id=found.task,
        clock_id=found.clock,
        step=found.step,
        event_seq=found.event_seq,
        title=rule.title,
        finding={language: filled(rule.finding, found.words, language) for language in ("zh", "en")},
        params=dict(found.words),
        basis=rule.basis,
        entered_on=found.on,
        entered_at=at,
        key=f"{rule.code}:{case.number}:{found.key}",
    )


def filled(text: Mapping[str, str], words: Mapping[str, Any], language: str) -> str:
    """Return a rule's text in one language with its words filled in."""
    values = {name: word[language] if isinstance(word, dict) else word for name, word in words.items()}
    return text[language].format_map(values)
