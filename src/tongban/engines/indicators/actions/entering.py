"""Writes the ledger: entries, and the counter-entries that take them back. Nothing is ever changed or removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tongban.engines.indicators import rules
from tongban.engines.indicators.errors import ScoreError
from tongban.engines.indicators.models import PointEntry, ScoreScheme
from tongban.engines.indicators.permissions import ENTER
from tongban.engines.indicators.queries import ledger
from tongban.engines.indicators.queries.schemes import scheme_on, spec_of
from tongban.engines.indicators.schema import Rule
from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.permissions import require
from tongban.foundation.rows.statements import insert_once

MOST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that has points coming by a scheme's rule for its signal.

    :param signal: the signal, such as ``red``
    :param cause: decides the part, such as ``fees`` (see ``parts_by_cause``)
    :param about: what the points are for; each thing is entered once
    :param matter: the case or other matter behind it
    :param params: what the rule's reason says, as texts or as maps of both languages
    """

    signal: str
    cause: str
    unit: Unit
    account_id: int | None
    day: dt.date
    about: str
    matter: str = ""
    event_seq: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def stream_of(unit: Unit) -> str:
    """Return the audit stream of a unit's points."""
    return f"scores:{unit.code}"


def lock_ledger(code: str, month: dt.date) -> None:
    """Let one transaction at a time derive a month's entries and scores; held until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"indicators:{code}:{month:%Y-%m}"])


@transaction.atomic
def enter_signals(*, code: str, signals: Iterable[Signal], by: Actor, at: dt.datetime) -> list[PointEntry]:
    """Enter what has points coming and is not in the ledger yet; return the new entries.

    A signal without rule, or of a month before the scheme began, has no points coming.
    """
    found: list[PointEntry] = []
    schemes: dict[dt.date, ScoreScheme | None] = {}
    for signal in signals:
        month = rules.month_of(signal.day)
        if month not in schemes:
            schemes[month] = _scheme_on(code, month)
        scheme = schemes[month]
        rule = spec_of(scheme).rule_of_signal(signal.signal) if scheme else None
        if scheme is None or rule is None:
            continue
        draft = PointEntry(
            scheme=scheme,
            rule=rule.code,
            part=rules.part_for(rule, signal.cause),
            unit=signal.unit,
            level=signal.unit.level,
            account_id=signal.account_id,
            day=signal.day,
            points=rule.points,
            about=signal.about,
            matter=signal.matter,
            event_seq=signal.event_seq,
            params=dict(signal.params),
            entered_at=at,
            entered_by=by.key,
            key=f"{code}:{signal.about}",
        )
        if write(draft, by=by, at=at):
            found.append(draft)
    return found


def _scheme_on(code: str, month: dt.date) -> ScoreScheme | None:
    try:
        return scheme_on(code, month)
    except ScoreScheme.DoesNotExist:
        return None


def write(draft: PointEntry, *, by: Actor, at: dt.datetime) -> bool:
    """Write an entry once and record it; tell whether it was new."""
    if not insert_once(draft):
        return False
    data = {
        "entry": draft.key,
        "rule": draft.rule,
        "points": str(draft.points),
        "day": draft.day.isoformat(),
        "about": draft.about,
    }
    if draft.reverses is not None:
        data["reverses"] = draft.reverses.key
    kind = "points.entered" if draft.reverses is None else "points.taken_back"
    record(stream=stream_of(draft.unit), kind=kind, actor=by.key, at=at, data=data)
    return True


def take_back(*, entry: PointEntry, note: str, by: Actor, at: dt.datetime) -> PointEntry:
    """Write the counter-entry of an entry, in the entry's own month; again it returns the first one.

    :raises ValueError: if the entry is itself a counter-entry
    """
    if entry.reverses_id is not None:
        msg = "a counter-entry is not taken back"
        raise ValueError(msg)
    draft = PointEntry(
        scheme=entry.scheme,
        rule=entry.rule,
        part=entry.part,
        unit=entry.unit,
        level=entry.level,
        account_id=entry.account_id,
        day=entry.day,
        points=-entry.points,
        about=entry.about,
        matter=entry.matter,
        event_seq=entry.event_seq,
        params=entry.params,
        note=note[:MOST_NOTE],
        reverses=entry,
        entered_at=at,
        entered_by=by.key,
        key=f"{entry.key}:back",
    )
    return draft if write(draft, by=by, at=at) else PointEntry.objects.get(key=draft.key)


@transaction.atomic
def enter_by_hand(
    *,
    code: str,
    rule_code: str,
    unit: Unit,
    account: Account | None,
    day: dt.date,
    note: str,
    by: Actor,
    at: dt.datetime,
) -> PointEntry:
    """Enter points that only a person can give, such as for a disciplinary measure.

    :param note: the document and ground on which they are given
    :raises ScoreError: if the rule takes no entry by hand, the day is not in the past or has no scheme, no ground is
        given, the person holds no post in the unit, or a rule that counts once a year has been used this year
    """
    require(by, ENTER.code)
    if not ledger_reach(by, unit):
        raise ScoreError(_("这个单位不在您的监察范围内。"), "unit")
    scheme, rule = _hand_rule(code, rule_code, day, at)
    _check_person(unit, account, day)
    if not note.strip():
        raise ScoreError(_("请写明依据的文件和事由。"), "note")
    who = f"{unit.code}:{account.pk if account else ''}"
    about = f"hand:{rule.code}:{who}:{day.year if rule.once_a_year else at.isoformat()}"
    draft = PointEntry(
        scheme=scheme,
        rule=rule.code,
        part=rule.part,
        unit=unit,
        level=unit.level,
        account=account,
        day=day,
        points=rule.points,
        about=about,
        note=note.strip()[:MOST_NOTE],
        entered_at=at,
        entered_by=by.key,
        key=f"{code}:{about}#{_times(code, about)}",
    )
    if rule.once_a_year and ledger.standing(PointEntry.objects.filter(scheme__code=code, about=about)).exists():
        raise ScoreError(_("这一项今年已经记过，一年只计一次。"), "rule")
    lock_ledger(code, rules.month_of(day))
    write(draft, by=by, at=at)
    return draft


def _times(code: str, about: str) -> int:
    return PointEntry.objects.filter(scheme__code=code, about=about, reverses__isnull=True).count()


def ledger_reach(by: Actor, unit: Unit) -> bool:
    """Tell whether a unit lies in the region of the actor's unit."""
    return by.unit is not None and unit.region_path.startswith(by.unit.region_path)


def _hand_rule(code: str, rule_code: str, day: dt.date, at: dt.datetime) -> tuple[ScoreScheme, Rule]:
    if day > local_date(at):
        raise ScoreError(_("日期不能晚于今天。"), "day")
    try:
        scheme = scheme_on(code, day)
        rule = spec_of(scheme).rule(rule_code)
    except ScoreScheme.DoesNotExist:
        raise ScoreError(_("这一天还没有施行评分办法，请核对日期。"), "day") from None
    except KeyError:
        raise ScoreError(_("请选择记分项目。"), "rule") from None
    if not rule.by_hand:
        raise ScoreError(_("这一项由系统自动记分，不能手工记。"), "rule")
    return scheme, rule


def _check_person(unit: Unit, account: Account | None, day: dt.date) -> None:
    if account is None:
        return
    held = Posting.objects.filter(account=account, unit=unit, valid_from__lte=day)
    if not held.exists():
        raise ScoreError(_("这个人当日没有在这个单位任职，请核对。"), "account")
