"""Letters (督查函) to the heads of units whose score of a quarter was unqualified: SUP-05 of electronic supervision."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation

from tongban.affairs.supervision.actions.answering import end_withdrawn
from tongban.affairs.supervision.actions.issuing import Subject, default_reply_days, write
from tongban.affairs.supervision.models import Order
from tongban.affairs.supervision.permissions import ORDER
from tongban.affairs.supervision.queries import scores
from tongban.affairs.supervision.queries.alarms import score_about
from tongban.engines.indicators.actions import period_name
from tongban.engines.indicators.models import Bulletin, PointEntry
from tongban.engines.indicators.queries import bulletin_spec, in_months, of_subject, spec_of, standing
from tongban.engines.indicators.rules import Period, grade, read_period
from tongban.foundation.clock.now import local_date
from tongban.foundation.documents.actions import issue
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.permissions import require

TERMS = "SUP-05"
PAPER = "supervision-letter"
MOST_CAUSES = 8
CORRECTED = "通报更正后，本单位该季度得分已经不在不合格等次。"


@transaction.atomic
def follow_bulletin(*, bulletin: Bulletin, by: Actor, at: dt.datetime) -> list[Order]:
    """Send a letter to each unqualified unit of a quarter's bulletin; doing it again sends nothing twice.

    A unit gets its letter from the supervising office nearest to it. A corrected bulletin takes open letters back from
    units that are no longer unqualified.

    :return: the letters written now
    :raises NotAllowedError: if the actor may not order
    """
    require(by, ORDER.code)
    period = read_period(bulletin.period)
    failing = _unqualified(bulletin)
    rows = Unit.objects.filter(code__in=failing).select_related("region").order_by("code")
    offices = scores.issuers(on=local_date(at))
    made = [
        _letter(unit, period, bulletin, failing[unit.code], by=by, at=at)
        for unit in rows
        if _nearest(unit, offices) in (None, bulletin.unit) and not _known(period, unit).exists()
    ]
    _take_back(period, bulletin, failing, by=by, at=at)
    return made


def _unqualified(bulletin: Bulletin) -> dict[str, dict[str, Any]]:
    """Return the lines of the units in the lowest grade by the unit's code; none where there is one grade only."""
    spec = bulletin_spec(bulletin)
    if len(spec.grades) < 2:
        return {}
    lowest = spec.grades[-1].code
    return {
        row["code"]: {**row, "level": level["title"]["zh"], "units": len(level["rows"])}
        for level in bulletin.data["levels"]
        for row in level["rows"]
        if grade(spec, Decimal(row["total"])).code == lowest
    }


def _nearest(unit: Unit, offices: Iterable[Unit]) -> Unit | None:
    """Return the supervising office whose region holds a unit most closely."""
    around = [office for office in offices if unit.region_path.startswith(office.region_path)]
    return max(around, key=lambda office: (len(office.region_path), office.code), default=None)


def _key(period: Period, unit: Unit) -> str:
    return f"letter:{period.code}:{unit.code}"


def _known(period: Period, unit: Unit) -> Any:
    return Order.objects.filter(key=_key(period, unit))


def _letter(
    unit: Unit, period: Period, bulletin: Bulletin, line: dict[str, Any], *, by: Actor, at: dt.datetime
) -> Order:
    spec = bulletin_spec(bulletin)
    days = default_reply_days(TERMS)
    with translation.override("zh-hans"):
        name = period_name(period)
    lowest, least = spec.grades[-1].title.zh, spec.grades[-2].start
    text = (
        f"你单位{name}行政审批效能得分 {line['total']} 分，等次为{lowest}（合格线 {least} 分），"
        f"在{line['level']} {line['units']} 个单位中列第 {line['place']} 名。请逐项说明失分原因，提出整改措施、责任人和完成时限，"
        f"由单位负责人在 {days} 个工作日内答复。"
    )
    order = write(
        Subject(score_about(unit, period), unit),
        Order.Kind.LETTER,
        text,
        key=_key(period, unit),
        by=by,
        at=at,
        reply_days=days,
        issuer_unit=bulletin.unit,
    )
    order.document = issue(
        template=PAPER,
        data={
            "addressee": unit.name,
            "period": name,
            "bulletin": bulletin.title["zh"],
            "total": str(line["total"]),
            "grade": lowest,
            "least": str(least),
            "level": line["level"],
            "units": str(line["units"]),
            "place": str(line["place"]),
            "causes": _causes(unit, period, bulletin),
            "reply_days": str(days),
            "due_on": order.due_on.isoformat() if order.due_on else "",
        },
        number=order.number,
        about=f"order:{order.number}",
        unit=bulletin.unit,
        sign=True,
        at=at,
        render="job",
    )
    order.save(update_fields=["document"])
    return order


def _causes(unit: Unit, period: Period, bulletin: Bulletin) -> list[dict[str, str]]:
    """Return what took points in the period, by rule, the gravest first."""
    sums: dict[str, list[Decimal]] = defaultdict(list)
    titles: dict[str, str] = {}
    rows = standing(in_months(of_subject(bulletin.code, unit), period.months)).filter(points__lt=0)
    for entry in rows.select_related("scheme"):
        sums[entry.rule].append(entry.points)
        titles[entry.rule] = _title(entry)
    worst = sorted(sums, key=lambda rule: (sum(sums[rule]), rule))[:MOST_CAUSES]
    return [
        {"rule": titles[rule], "count": str(len(sums[rule])), "points": str(sum(sums[rule]))} for rule in worst
    ]  # fmt: skip


def _title(entry: PointEntry) -> str:
    return spec_of(entry.scheme).rule(entry.rule).title.zh


def _take_back(
    period: Period, bulletin: Bulletin, failing: Iterable[str], *, by: Actor, at: dt.datetime
) -> None:  # fmt: skip
    """Withdraw the open letters of units that a corrected bulletin no longer finds unqualified."""
    rows = Order.objects.select_for_update(of=("self",)).filter(
        kind=Order.Kind.LETTER, key__startswith=f"letter:{period.code}:", issuer_unit=bulletin.unit,
        ended_at__isnull=True,
    )  # fmt: skip
    for order in rows.exclude(unit__code__in=list(failing)).select_related("unit", "account", "issuer", "case"):
        end_withdrawn(order, CORRECTED, by=by, at=at)
