"""The scores of the demonstration: points of its months, bulletins, and an objection that waits for its decision."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min

from tongban.affairs.supervision.actions import bulletins, rollups, scoring
from tongban.affairs.supervision.queries.scores import SCHEME
from tongban.engines.cases.models import Case
from tongban.engines.indicators.actions import file_objection
from tongban.engines.indicators.models import Objection, PointEntry
from tongban.engines.indicators.queries import objectable, standing
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date
from tongban.foundation.organizations.actor import actor_of, system_actor

HEAD = "head"
GROUNDS = "相关工作已在期限内完成，因当日系统停机没有及时录入，停机公告可以证明。请核实后撤销。"
DEMONSTRATION = system_actor("demonstration")


def furnish_scores(*, at: dt.datetime) -> tuple[int, int]:
    """Enter, derive and publish; return how many entries and bulletins were made. A second run makes none."""
    rollups.refresh(at=at)
    first = Case.objects.aggregate(first=Min("closed_at"))["first"]
    entered = scoring.enter_alarms(by=DEMONSTRATION, at=at).entered
    made = len(entered)
    if first is not None:
        done = scoring.settle_since(first=local_date(first), last=local_date(at), by=DEMONSTRATION, at=at)
        made += sum(month.entered for month in done.values())
    published = bulletins.publish_due(by=DEMONSTRATION, at=at, from_day=1)
    _object(at)
    return made, len(published)


def _object(at: dt.datetime) -> None:
    """Let the head of the demonstration's unit object to the latest card, once."""
    head = Account.objects.filter(username=HEAD).first()
    if head is None or Objection.objects.filter(filed_by=head).exists():
        return
    by = actor_of(head, on=local_date(at))
    rows = standing(
        PointEntry.objects.filter(scheme__code=SCHEME, unit=by.unit, points__lt=0, matter__startswith="case:")
    )
    entry = rows.select_related("scheme", "unit").order_by("-day", "-pk").first()
    if entry is not None and objectable(entry, on=local_date(at)):
        file_objection(entry=entry, grounds=GROUNDS, files=[], by=by, at=at)
