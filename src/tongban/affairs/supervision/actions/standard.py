"""Publishes what was promised and what was reached, month by month, and takes in the reasons for late cases."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tongban.affairs.supervision.models import LateReason, PublishedMonth
from tongban.affairs.supervision.permissions import EXPLAIN
from tongban.affairs.supervision.queries.listing import LATE
from tongban.engines.cases.models import Case
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import CHINA, local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import require

THRESHOLD = 5
"""Fewer closed cases than this, and a place's times and rate are not published: they would speak of single persons."""
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
INSERT INTO supervision_servicefigure
    (month_id, region_path, unit_id, implementation_id, closed, late, promised, mean, median)
SELECT %(month)s, region_path, unit_id, implementation_id, count(*),
       CASE WHEN count(*) >= %(least)s THEN count(*) FILTER (WHERE late) END,
       CASE WHEN count(used) >= %(least)s THEN round(avg(figure), 1) END,
       CASE WHEN count(used) >= %(least)s THEN round(avg(used), 1) END,
       CASE WHEN count(used) >= %(least)s
            THEN round(percentile_cont(0.5) WITHIN GROUP (ORDER BY used)::numeric, 1) END
FROM placed GROUP BY region_path, unit_id, implementation_id
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
            given: dict[str, Any] = {
                "month": row.pk,
                "least": THRESHOLD,
                "day_from": dt.datetime.combine(first, dt.time(), tzinfo=CHINA),
                "day_to": dt.datetime.combine(after, dt.time(), tzinfo=CHINA),
            }
            with connection.cursor() as cursor:
                cursor.execute(_FIGURES, given)
            record(
                stream="supervision:standard",
                kind="standard.published",
                actor="system:supervision.standard",
                at=at,
                data={"month": f"{first:%Y-%m}"},
            )
    return row


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
