"""Reads the ledger: the entries behind a score, and the score they come to."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from tongban.engines.indicators import rules
from tongban.engines.indicators.models import PointEntry, ScoreScheme, Standing
from tongban.engines.indicators.queries.schemes import spec_of
from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.models import Unit
from tongban.foundation.packs.localized import localized

Subject = tuple[int, int | None]
"""A unit's key, and a person's where the score is the person's."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the ledger as people read it."""

    entry: PointEntry
    rule: str
    part: str
    reason: str
    points: Decimal
    taken_back: bool
    counter: bool


def of_subject(code: str, unit: Unit | int, account: Account | int | None = None) -> QuerySet[PointEntry]:
    """Return the entries under a scheme that count for a unit, or for a person in it."""
    rows = PointEntry.objects.filter(scheme__code=code, unit=unit)
    return rows if account is None else rows.filter(account=account)


def in_months(rows: QuerySet[PointEntry], months: Iterable[dt.date]) -> QuerySet[PointEntry]:
    """Narrow entries to some months that follow one another."""
    first = sorted(months)
    return rows.filter(day__gte=first[0], day__lt=rules.shifted(first[-1], 1))


def standing(rows: QuerySet[PointEntry]) -> QuerySet[PointEntry]:
    """Narrow entries to those that count: neither taken back nor taking back."""
    return rows.filter(reverses__isnull=True, reversed_by__isnull=True)


def shown(entries: Iterable[PointEntry]) -> list[EntryRow]:
    """Return entries in words; they should come with ``scheme`` and ``reversed_by``."""
    return [_row(entry) for entry in entries]


def _row(entry: PointEntry) -> EntryRow:
    spec = spec_of(entry.scheme)
    rule, part = spec.rule(entry.rule), spec.part(entry.part)
    return EntryRow(
        entry=entry,
        rule=str(rule.title),
        part=str(part.title),
        reason=reason(entry, rule.reason.model_dump()),
        points=entry.points,
        taken_back=entry.reverses_id is None and hasattr(entry, "reversed_by"),
        counter=entry.reverses_id is not None,
    )


def reason(entry: PointEntry, wording: Mapping[str, str], *, language: str | None = None) -> str:
    """Return why an entry was made; parameters may themselves be in two languages."""
    params = {
        name: localized(value, language=language) if isinstance(value, Mapping) else value
        for name, value in entry.params.items()
    }
    return rules.fill(localized(wording, language=language), params)


def with_words(rows: QuerySet[PointEntry]) -> QuerySet[PointEntry]:
    """Bring along what :func:`shown` and the pages need."""
    words = rows.select_related("scheme", "unit", "account", "reversed_by", "reverses", "objection")
    return words.defer("scheme__spec")


def lines_by_subject(
    code: str, month: dt.date, units: Collection[int] | None = None
) -> dict[Subject, list[rules.Line]]:
    """Return the lines of a month for every unit and every person that has any; entries of a person count for the unit too.

    :param units: only those of these units
    """
    rows = in_months(PointEntry.objects.filter(scheme__code=code), [month])
    if units is not None:
        rows = rows.filter(unit__in=units)
    found: dict[Subject, list[rules.Line]] = defaultdict(list)
    for unit, account, rule, part, points in rows.values_list("unit", "account", "rule", "part", "points"):
        line = rules.Line(rule, part, points)
        found[unit, None].append(line)
        if account is not None:
            found[unit, account].append(line)
    return found


def derive(scheme: ScoreScheme, lines: Iterable[rules.Line], *, volume: int, personal: bool) -> rules.Score:
    """Return the score that lines come to; the coefficient is the units' alone."""
    return rules.score(spec_of(scheme), lines, volume=None if personal else volume)


def differences(code: str, month: dt.date) -> list[str]:
    """Derive every standing of a month again from the ledger and say where the stored one differs; normally nothing."""
    found: list[str] = []
    lines = lines_by_subject(code, month)
    stored = Standing.objects.filter(code=code, month=month)
    schemes = ScoreScheme.objects.in_bulk(set(stored.values_list("scheme", flat=True)))
    seen: set[Subject] = set()
    for row in stored:
        subject = (row.unit_id, row.account_id)
        seen.add(subject)
        scheme = schemes[row.scheme_id]
        derived = derive(scheme, lines.get(subject, ()), volume=row.volume, personal=row.account_id is not None)
        parts = {name: str(rules.rounded(figure)) for name, figure in derived.parts.items()}
        if (derived.total, derived.coefficient, parts) != (row.total, row.coefficient, row.parts):
            who = f"{row.unit.code}/{row.account.username}" if row.account else row.unit.code
            found.append(f"{month:%Y-%m} {who}: {row.total} ≠ {derived.total}")
    missing = sorted((subject for subject in set(lines) - seen if lines[subject]), key=str)
    return found + [f"{month:%Y-%m} unit {unit} account {account}: no standing" for unit, account in missing]
