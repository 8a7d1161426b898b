"""Derives a month: entries that follow from others, and the standings. Doing it again changes nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from tongban.engines.indicators import rules
from tongban.engines.indicators.actions.entering import lock_ledger, take_back, write
from tongban.engines.indicators.models import Objection, PointEntry, ScoreScheme, Standing
from tongban.engines.indicators.queries import ledger
from tongban.engines.indicators.queries.ledger import Subject
from tongban.engines.indicators.queries.schemes import scheme_on, spec_of
from tongban.engines.indicators.schema import Rule, ScoreSpec
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit

FIELDS = ["scheme", "level", "volume", "parts", "deducted", "bonus", "points", "coefficient", "total", "computed_at"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A share in percent with what it was counted from: ``count`` of ``base`` (or a mean over ``base``)."""

    share: Decimal
    count: int
    base: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What an affair counted for a subject in a month."""

    volume: int
    measures: Mapping[str, Measure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many entries a settlement made, how many it took back, and how many standings there are."""

    entered: int
    taken_back: int
    standings: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An entry that follows from others. ``base`` names it; the same thing wanted anew gets the next serial."""

    base: str
    rule: Rule
    unit: int
    account: int | None
    day: dt.date
    points: Decimal
    about: str
    matter: str
    params: Mapping[str, Any]

    def same(self, entry: PointEntry) -> bool:
        """Tell whether an entry says just this."""
        return (entry.points, entry.params, entry.account_id) == (self.points, dict(self.params), self.account)


@transaction.atomic
def settle_month(*, code: str, month: dt.date, facts: Mapping[Subject, Facts], by: Actor, at: dt.datetime) -> Settled:
    """Derive a month for every subject that has facts, entries, or had a standing.

    Measured shares become points once the month is over; until then they would change with every case.

    :param facts: by unit (and person); a subject without facts finished nothing
    :raises ScoreScheme.DoesNotExist: if no scheme is in force then
    """
    scheme = scheme_on(code, month)
    lock_ledger(code, month)
    is_over = rules.shifted(month, 1) <= local_date(at)
    entered, back = _derive_entries(scheme, month, facts if is_over else None, None, by=by, at=at)
    volumes = {subject: fact.volume for subject, fact in facts.items()}
    held = Standing.objects.filter(code=code, month=month).values_list("unit", "account")
    for subject in held:
        volumes.setdefault(subject, 0)
    return Settled(entered, back, _keep(scheme, month, volumes, None, at=at))


def resettle(*, entry: PointEntry, by: Actor, at: dt.datetime) -> None:
    """Derive the month of one unit again after an entry of it was made or taken back; what was counted stays."""
    month = rules.month_of(entry.day)
    code = entry.scheme.code
    lock_ledger(code, month)
    _derive_entries(entry.scheme, month, None, {entry.unit_id}, by=by, at=at)
    rows = Standing.objects.filter(code=code, month=month, unit=entry.unit_id)
    volumes: dict[Subject, int] = {(row.unit_id, row.account_id): row.volume for row in rows}
    _keep(entry.scheme, month, volumes, {entry.unit_id}, at=at)


# -- entries that follow from others -----------------------------------------------------------------------------------


def _derive_entries(
    scheme: ScoreScheme,
    month: dt.date,
    facts: Mapping[Subject, Facts] | None,
    units: Collection[int] | None,
    *,
    by: Actor,
    at: dt.datetime,
) -> tuple[int, int]:
    """Make the derived entries of a month what they should be; without facts only runs are looked at."""
    spec = spec_of(scheme)
    rows = ledger.in_months(PointEntry.objects.filter(scheme__code=scheme.code), [month])
    if units is not None:
        rows = rows.filter(unit__in=units)
    derived_rules = {rule.code for rule in spec.rules if rule.run or (rule.measured and facts is not None)}
    wanted = {each.base: each for each in _runs(spec, ledger.standing(rows))}
    if facts is not None:
        wanted |= {each.base: each for each in _measured(spec, month, facts)}
    held = ledger.standing(rows).filter(rule__in=derived_rules).select_related("scheme", "unit")
    back = 0
    for entry in held:
        should = wanted.get(_base(entry.key))
        if should is not None and should.same(entry):
            del wanted[should.base]
            continue
        take_back(entry=entry, note="", by=by, at=at)
        back += 1
    barred = _barred(rows)
    serials = _serials(rows.filter(rule__in=derived_rules, reverses__isnull=True))
    places = Unit.objects.in_bulk({each.unit for each in wanted.values()})
    entered = 0
    for base, each in sorted(wanted.items()):
        if base not in barred:
            entered += write(_draft(scheme, each, places[each.unit], serials[base], by=by, at=at), by=by, at=at)
    return entered, back


def _base(key: str) -> str:
    return key.rpartition("#")[0]


def _barred(rows: Iterable[PointEntry]) -> set[str]:
    """Return what an upheld objection has struck out for good."""
    keys = Objection.objects.filter(entry__in=rows, state=Objection.State.UPHELD).values_list("entry__key", flat=True)
    return {_base(key) for key in keys}


def _serials(rows: Iterable[PointEntry]) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for entry in rows:
        counted[_base(entry.key)] += 1
    return counted


def _draft(scheme: ScoreScheme, each: _Wanted, unit: Unit, serial: int, *, by: Actor, at: dt.datetime) -> PointEntry:
    return PointEntry(
        scheme=scheme,
        rule=each.rule.code,
        part=each.rule.part,
        unit=unit,
        level=unit.level,
        account_id=each.account,
        day=each.day,
        points=each.points,
        about=each.about,
        matter=each.matter,
        params=dict(each.params),
        entered_at=at,
        entered_by=by.key,
        key=f"{each.base}#{serial}",
    )


def _runs(spec: ScoreSpec, rows: Iterable[PointEntry]) -> Iterator[_Wanted]:
    wanted = [rule for rule in spec.rules if rule.run]
    if not wanted:
        return
    by_unit: dict[int, list[PointEntry]] = defaultdict(list)
    for entry in rows:
        by_unit[entry.unit_id].append(entry)
    for rule in wanted:
        for unit, entries in by_unit.items():
            yield from _runs_of(spec, rule, unit, entries)


def _runs_of(spec: ScoreSpec, rule: Rule, unit: int, entries: list[PointEntry]) -> Iterator[_Wanted]:
    if rule.run is None:
        return
    held = {entry.key: entry for entry in entries}
    lines = [rules.Standing(entry.key, entry.rule, entry.matter, entry.day) for entry in entries]
    for found in rules.runs(rule.run, lines):
        members = [held[each.key] for each in found.entries]
        people = {member.account_id for member in members}
        last = members[-1]
        yield _Wanted(
            base=f"{spec.code}:{rule.code}:{last.about}",
            rule=rule,
            unit=unit,
            account=people.pop() if len(people) == 1 else None,
            day=last.day,
            points=rule.points,
            about=last.about,
            matter=last.matter,
            params={"entries": " ".join(member.about.partition(":")[2] for member in members)},
        )


def _measured(spec: ScoreSpec, month: dt.date, facts: Mapping[Subject, Facts]) -> Iterator[_Wanted]:
    last = rules.shifted(month, 1) - dt.timedelta(days=1)
    for (unit, account), fact in facts.items():
        for rule in spec.rules:
            measure = fact.measures.get(rule.measured.measure) if rule.measured else None
            if measure is None or rule.measured is None:
                continue
            points = rules.measured_points(rule, rule.measured, measure.share, base=measure.base)
            if not points:
                continue
            about = f"month:{month:%Y-%m}:{rule.measured.measure}"
            yield _Wanted(
                base=f"{spec.code}:{rule.code}:{month:%Y-%m}:{unit}:{account or ''}",
                rule=rule,
                unit=unit,
                account=account,
                day=last,
                points=points,
                about=about,
                matter="",
                params={"share": str(rules.rounded(measure.share)), "count": measure.count, "base": measure.base},
            )


# -- standings ---------------------------------------------------------------------------------------------------------


def _keep(
    scheme: ScoreScheme,
    month: dt.date,
    volumes: Mapping[Subject, int],
    units: Collection[int] | None,
    *,
    at: dt.datetime,
) -> int:
    """Write the standings; return how many there are."""
    lines = ledger.lines_by_subject(scheme.code, month, units)
    subjects = sorted(set(volumes) | set(lines), key=lambda each: (each[0], each[1] or 0))
    levels = dict(Unit.objects.filter(pk__in={unit for unit, _account in subjects}).values_list("pk", "level"))
    rows = []
    for unit, account in subjects:
        volume = volumes.get((unit, account), 0)
        score = ledger.derive(scheme, lines.get((unit, account), ()), volume=volume, personal=account is not None)
        rows.append(
            Standing(
                scheme=scheme,
                code=scheme.code,
                month=month,
                unit_id=unit,
                level=levels[unit],
                account_id=account,
                volume=volume,
                parts={name: str(rules.rounded(figure)) for name, figure in score.parts.items()},
                deducted=score.deducted,
                bonus=score.bonus,
                points=score.points,
                coefficient=score.coefficient,
                total=score.total,
                computed_at=at,
            )
        )
    Standing.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        update_fields=FIELDS,
        unique_fields=["code", "month", "unit", "account"],
    )
    return len(rows)
