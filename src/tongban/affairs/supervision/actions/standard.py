"""Publishes what was promised and what was reached, month by month, and takes in the reasons for late cases."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tongban.affairs.supervision.models import LateReason, PublishedMonth, ServiceFigure
from tongban.affairs.supervision.permissions import EXPLAIN
from tongban.affairs.supervision.queries.listing import LATE
from tongban.affairs.supervision.rules.suppression import Cell, hidden_cells
from tongban.engines.cases.models import Case
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

Key = tuple[str, int | None, int | None]
"""A region by its path, or a unit, or a unit with an item."""
THRESHOLD = 5
"""Fewer closed cases than this, and a place's times and rate are not published: they would speak of single persons.

What could be worked out from the sums beside it is not published either (``rules/suppression.py``)."""
SHORTEST, LONGEST = 10, 300
PERSONAL = re.compile(r"\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)")
DAY = dt.timedelta(days=1)

_FIGURES = """
WITH closed AS (
    SELECT c.unit_id, c.implementation_id, u.region_path, k.late, k.used, k.figure
    FROM cases_case c JOIN organizations_unit u ON u.id = c.unit_id
    LEFT JOIN LATERAL (
        SELECT coalesce(bool_or(k.late), false) AS late,
               max(k.used) FILTER (WHERE k.kind = 'promised' AND k.unit = 'working_day') AS used,
               max(k.figure) FILTER (WHERE k.kind = 'promised' AND k.unit = 'working_day') AS figure
        FROM cases_caseclock k WHERE k.case_id = c.id AND k.kind IN ('promised', 'statutory')
    ) k ON true
    WHERE c.closed_at >= %(day_from)s AND c.closed_at < %(day_to)s AND c.parent_id IS NULL
      AND c.result IN ('granted', 'refused') AND c.implementation_id IS NOT NULL
), placed AS (
    SELECT region_path, unit_id, implementation_id, late, used, figure FROM closed
    UNION ALL
    SELECT region_path, unit_id, NULL, late, used, figure FROM closed
    UNION ALL
    SELECT r.path, NULL, NULL, c.late, c.used, c.figure
    FROM closed c JOIN organizations_region r ON starts_with(c.region_path, r.path) AND r.level <= 4
)
SELECT region_path, unit_id, implementation_id, count(*), count(*) FILTER (WHERE late), count(used),
       round(avg(figure) FILTER (WHERE used IS NOT NULL), 1), round(avg(used), 1),
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY used)::numeric, 1)
FROM placed GROUP BY region_path, unit_id, implementation_id ORDER BY region_path, unit_id, implementation_id
"""


class ReasonRefusedError(ValueError):
    """The reason cannot be taken; the message says why and what to do."""


class MonthNotOverError(ValueError):
    """A month is published only when it is over."""


def publish_month(*, month: dt.date, at: dt.datetime) -> PublishedMonth:
    """Freeze and publish the figures of a month; a month that is out already stays as it is.

    :param month: any day of it
    :raises MonthNotOverError: if the month is not over
    """
    first = month.replace(day=1)
    after = (first + DAY * 31).replace(day=1)
    if local_date(at) < after:
        msg = f"{first:%Y-%m} is not over"
        raise MonthNotOverError(msg)
    with transaction.atomic():
        row, made = PublishedMonth.objects.get_or_create(
            month=first, defaults={"published_at": at, "threshold": THRESHOLD}
        )
        if made:
            given = {
                "day_from": dt.datetime.combine(first, dt.time(), tzinfo=CHINA),
                "day_to": dt.datetime.combine(after, dt.time(), tzinfo=CHINA),
            }
            with connection.cursor() as cursor:
                cursor.execute(_FIGURES, given)
                counted = [Counted(*line) for line in cursor.fetchall()]
            ServiceFigure.objects.bulk_create(_published(row, counted), batch_size=1000)
            record(
                stream="supervision:standard",
                kind="standard.published",
                actor="system:supervision.standard",
                at=at,
                data={"month": f"{first:%Y-%m}"},
            )
    return row


@dataclass(frozen=True, slots=True)
class Counted:
    """What a region, a unit or an item of a unit reached in a month, before anything is hidden."""

    region_path: str
    unit: int | None
    item: int | None
    closed: int
    late: int
    timed: int
    promised: Decimal | None
    mean: Decimal | None
    median: Decimal | None

    @property
    def key(self) -> Key:
        """Return what it speaks of."""
        return ("", self.unit, self.item) if self.unit is not None else (self.region_path, None, None)


def _published(month: PublishedMonth, counted: Iterable[Counted]) -> Iterator[ServiceFigure]:
    """Yield the rows to publish: without late cases and rates, and without times, where these could be worked out."""
    rows = list(counted)
    regions = {row.region_path for row in rows if row.unit is None}
    above = {row.key: _above(row, regions) for row in rows}
    no_rate = hidden_cells({row.key: Cell(row.closed, above[row.key]) for row in rows}, least=month.threshold)
    no_time = hidden_cells({row.key: Cell(row.timed, above[row.key]) for row in rows}, least=month.threshold)
    for row in rows:
        timed = row.key not in no_time
        yield ServiceFigure(
            month=month,
            region_path=row.region_path,
            unit_id=row.unit,
            implementation_id=row.item,
            closed=row.closed,
            late=None if row.key in no_rate else row.late,
            promised=row.promised if timed else None,
            mean=row.mean if timed else None,
            median=row.median if timed else None,
        )


def _above(row: Counted, regions: set[str]) -> Key | None:
    """Return of what a row is a part: an item of its unit, a unit of the smallest published region, that of the next."""
    if row.item is not None:
        return ("", row.unit, None)
    steps = row.region_path.strip("/").split("/")
    depths = range(len(steps) - (row.unit is None), 0, -1)
    around = ("/" + "/".join(steps[:depth]) + "/" for depth in depths)
    found = next((path for path in around if path in regions), None)
    return (found, None, None) if found is not None else None


def publish_due(*, at: dt.datetime) -> PublishedMonth | None:
    """Publish the month before, from the first working day of this one on; a missed day is made up for on the next.

    :return: the month if it was published now
    """
    today = local_date(at)
    first = today.replace(day=1)
    calendar = calendar_for()
    opens = first if calendar.is_workday(first) else calendar.next_workday(first)
    before = (first - DAY).replace(day=1)
    if today < opens or PublishedMonth.objects.filter(month=before).exists():
        return None
    return publish_month(month=before, at=at)


def explain_late(*, case: Case, text: str, by: Actor, at: dt.datetime) -> LateReason:
    """Enter the unit's reason why a case was closed late; until its month is out the reason may be changed.

    :raises NotAllowedError: if it is not this official's case
    :raises ReasonRefusedError: if the case was not late, the reason is out already, or it names a person
    """
    require(by, EXPLAIN.code, case)
    told = " ".join(text.split())
    problem = _problem(case, told)
    if problem:
        raise ReasonRefusedError(problem)
    with transaction.atomic():
        given = {
            "text": told,
            "entered_at": at,
            "entered_by": by.account,
            "entered_name": by.name,
        }
        row, made = LateReason.objects.update_or_create(case=case, defaults=given)
        record(
            stream=f"case:{case.number}",
            kind="supervision.late_reason",
            actor=by.key,
            at=at,
            data={"first": made, "length": len(told)},
        )
    return row


def _problem(case: Case, text: str) -> str:
    if case.closed_at is None or not Case.objects.filter(LATE, pk=case.pk).exists():
        return _("这件没有超过承诺或者法定期限，不需要说明原因。")
    if not SHORTEST <= len(text) <= LONGEST:
        return _("原因要写 %(shortest)s 到 %(longest)s 个字，说清楚是什么事耽误了、耽误在哪一步。") % {
            "shortest": SHORTEST,
            "longest": LONGEST,
        }
    if PERSONAL.search(text) or (case.applicant_name and case.applicant_name in text):
        return _("原因会向社会公开，不能写申请人的姓名、证件号码或者电话。请改为不指明个人的说法。")
    month = local_date(case.closed_at).replace(day=1)
    out = PublishedMonth.objects.filter(month=month).exists()
    if out and LateReason.objects.filter(case=case).exists():
        return _("这件的原因已经随当月数据公布，不能再改。确需更正的，请联系效能监察机构。")
    return ""
