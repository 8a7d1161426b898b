"""Efficiency bulletins: the score table with on-time rates and cards, made by hand or by the monthly job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from tongban.affairs.supervision.actions.letters import follow_bulletin
from tongban.affairs.supervision.queries import scores
from tongban.affairs.supervision.queries.rollups import OnTime
from tongban.engines.indicators.actions import Column, Extras, publish
from tongban.engines.indicators.models import Bulletin, Objection, Standing
from tongban.engines.indicators.rules import Period, PeriodKind, period_of
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.paths import under

KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
PUBLISH_FROM = 3
"""The day of the month from which the job publishes the last period, so that late entries are in it."""

TITLE = {"zh": "行政审批效能通报", "en": "Bulletin of approval efficiency"}


@transaction.atomic
def publish_bulletin(*, period: Period, unit: Unit, by: Actor, at: dt.datetime, reason: str = "") -> Bulletin:
    """Publish a period's bulletin over the region of a unit; a quarter's sends letters to the unqualified units.

    :param reason: why an earlier version is corrected
    :raises NotAllowedError: if the actor may not publish for the unit
    :raises ScoreError: if the period is not over or has no scores, or a correction gives no reason
    """
    extras = extras_of(period, unit, on=local_date(at))
    made = publish(code=scores.SCHEME, period=period, unit=unit, extras=extras, by=by, at=at, reason=reason)
    if period.kind is PeriodKind.QUARTER:
        follow_bulletin(bulletin=made, by=by, at=at)
    return made


def extras_of(period: Period, unit: Unit, *, on: dt.date) -> Extras:
    """Return the columns and totals that supervision adds: on-time rates and cards."""
    inside = Standing.objects.filter(
        under("unit__region_path", unit.region_path), code=scores.SCHEME, account__isnull=True, month__in=period.months
    )
    units = sorted(set(inside.values_list("unit", flat=True)))
    rates = scores.on_time_in(units, period, on=on)
    cards = scores.cards(units, period)
    whole = sum(rates.values(), OnTime())
    columns = (
        Column("on_time", _words("按时率（%）", "On time (%)"), {key: rate_text(each) for key, each in rates.items()}),
        Column("closed", _words("办结", "Closed"), {key: each.closed for key, each in rates.items()}),
        Column(
            "late", _words("超期办结", "Closed late"), {key: each.closed - each.on_time for key, each in rates.items()}
        ),
        Column(
            "open_overdue",
            _words("在办超期", "Open and overdue"),
            {key: each.open_overdue for key, each in rates.items()},
        ),
        Column("suspended", _words("停计", "Suspended"), {key: each.suspended for key, each in rates.items()}),
        *(
            Column(color, words, {unit: cards[unit].get(color, 0) if unit in cards else 0 for unit in units})
            for color, words in COLORS.items()
        ),
    )
    totals = [
        (_words("参加评分的单位", "Units scored"), str(len(units))),
        (_words("办结（主办件）", "Cases closed (roots)"), str(whole.closed)),
        (_words("按时办结率（%）", "On-time rate (%)"), rate_text(whole)),
        (_words("期末在办超期", "Open and overdue at the end"), str(whole.open_overdue)),
        (_words("期末停计（不计入按时率）", "Suspended at the end (in no rate)"), str(whole.suspended)),
        *((words, str(sum(each.get(color, 0) for each in cards.values()))) for color, words in COLORS.items()),
        (_words("申诉成立", "Objections upheld"), str(_upheld(period, unit))),
    ]
    return Extras(TITLE, columns, totals)


COLORS: Mapping[str, Mapping[str, str]] = {
    "red": {"zh": "红牌", "en": "Red cards"},
    "yellow": {"zh": "黄牌", "en": "Yellow cards"},
    "blue": {"zh": "蓝色提醒", "en": "Blue reminders"},
}


def rate_text(figures: OnTime) -> str:
    """Return an on-time rate with one place, empty without cases."""
    return "" if figures.rate is None else f"{figures.rate:.1f}"


def _words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _upheld(period: Period, unit: Unit) -> int:
    rows = Objection.objects.filter(under("unit__region_path", unit.region_path), state=Objection.State.UPHELD)
    return rows.filter(entry__scheme__code=scores.SCHEME, entry__day__range=(period.start, period.end)).count()


def publish_due(*, by: Actor, at: dt.datetime, from_day: int = PUBLISH_FROM) -> list[Bulletin]:
    """Publish the last month, quarter and year for every unit that supervises and has not published them yet.

    :param from_day: the day of the month before which nothing is due
    """
    on = local_date(at)
    if on.day < from_day:
        return []
    made = []
    for unit in scores.issuers(on=on):
        for kind in KINDS:
            period = period_of(on, kind).before
            if _is_due(period, unit):
                made.append(publish_bulletin(period=period, unit=unit, by=by, at=at))
    return made


def _is_due(period: Period, unit: Unit) -> bool:
    """Tell whether a period can be spoken of in the unit's region and no bulletin does yet.

    Each of its months must have scores; a year the last three, so that the first year of an installation has its bulletin.
    """
    if Bulletin.objects.filter(code=scores.SCHEME, unit=unit, period=period.code).exists():
        return False
    needed = period.months[-3:]
    inside = Standing.objects.filter(under("unit__region_path", unit.region_path), code=scores.SCHEME)
    return set(needed) <= set(inside.filter(month__in=needed).values_list("month", flat=True))
