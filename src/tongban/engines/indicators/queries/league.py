"""League tables: units, or people, by their mean over the months of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, QuerySet, Sum

from tongban.engines.indicators import rules
from tongban.engines.indicators.models import Standing
from tongban.engines.indicators.permissions import PERSON, VIEW
from tongban.engines.indicators.queries.schemes import scheme_on, spec_of
from tongban.engines.indicators.rules import Period, PeriodKind
from tongban.engines.indicators.schema import Grade, ScoreSpec
from tongban.foundation.accounts.models import Account
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import visible


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One line: a unit or a person in a unit, with the mean of the months, and the place and mean before."""

    place: int
    unit: Unit
    account: Account | None
    total: Decimal
    grade: Grade
    months: int
    volume: int
    deducted: Decimal
    bonus: Decimal
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """Return the difference to the period before."""
        return None if self.before is None else self.total - self.before


@dataclass(frozen=True, slots=True)
class MonthScore:
    """A subject's month with its parts in words."""

    standing: Standing
    grade: Grade
    parts: tuple[tuple[str, Decimal, Decimal], ...]
    """Title, what is left, weight."""


def unit_standings(actor: Actor, code: str) -> QuerySet[Standing]:
    """Return the units' monthly standings an actor may see."""
    return visible(actor, VIEW.code, Standing.objects.filter(code=code, account__isnull=True))


def person_standings(actor: Actor, code: str) -> QuerySet[Standing]:
    """Return the persons' monthly standings an actor may see: the own, those of the own unit's people, of the region's."""
    return visible(actor, PERSON.code, Standing.objects.filter(code=code, account__isnull=False))


def league(rows: QuerySet[Standing], period: Period, *, code: str) -> list[LeagueRow]:
    """Return the table of a period over some standings, the best first."""
    spec = spec_of(scheme_on(code, period.start))
    now = _means(rows, period)
    before = {key: mean for key, mean, *_rest in _means(rows, period.before)}
    units = Unit.objects.select_related("region").in_bulk({key[0] for key, *_rest in now})
    people = Account.objects.in_bulk({key[1] for key, *_rest in now if key[1] is not None})
    order = rules.places([mean for _key, mean, *_rest in now])
    found = [
        LeagueRow(
            place=place,
            unit=units[key[0]],
            account=people[key[1]] if key[1] is not None else None,
            total=mean,
            grade=rules.grade(spec, mean),
            months=months,
            volume=volume,
            deducted=deducted,
            bonus=bonus,
            before=before.get(key),
        )
        for place, (key, mean, months, volume, deducted, bonus) in zip(order, now, strict=True)
    ]
    return sorted(found, key=lambda row: (row.place, row.unit.code, row.account.pk if row.account else 0))


Mean = tuple[tuple[int, int | None], Decimal, int, int, Decimal, Decimal]


def _means(rows: QuerySet[Standing], period: Period) -> list[Mean]:
    months = period.months
    grouped = (
        rows.filter(month__gte=months[0], month__lte=months[-1])
        .order_by()
        .values_list("unit", "account")
        .annotate(
            mean=Avg("total"), months=Count("pk"), volume=Sum("volume"), deducted=Sum("deducted"), bonus=Sum("bonus")
        )
    )
    return [
        ((unit, account), rules.rounded(mean), count, volume, deducted, bonus)
        for unit, account, mean, count, volume, deducted, bonus in grouped
    ]


def months_of(rows: QuerySet[Standing], unit: Unit, account: Account | None, period: Period) -> list[MonthScore]:
    """Return the months of one subject in a period, with their parts."""
    found = rows.filter(unit=unit, account=account, month__in=period.months).select_related("scheme")
    return [_month(row) for row in found.order_by("month")]


def _month(row: Standing) -> MonthScore:
    spec = spec_of(row.scheme)
    left = {name: Decimal(figure) for name, figure in row.parts.items()}
    parts = tuple((str(part.title), left.get(part.code, Decimal(0)), part.weight) for part in spec.parts)
    return MonthScore(row, rules.grade(spec, row.total), parts)


def periods_held(code: str, kind: PeriodKind) -> list[Period]:
    """Return the periods of a kind that have standings, the latest first."""
    months = Standing.objects.filter(code=code).order_by("-month").values_list("month", flat=True).distinct()
    return list(dict.fromkeys(rules.period_of(month, kind) for month in months))


def grades_of(spec: ScoreSpec, rows: Sequence[LeagueRow]) -> list[tuple[Grade, int]]:
    """Count rows by grade, the best grade first."""
    return [(each, sum(row.grade.code == each.code for row in rows)) for each in spec.grades]
