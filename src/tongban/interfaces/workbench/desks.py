"""The lists of a desk: one's own work, what one has done, and what the unit has in hand."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.models import Task
from tongban.engines.cases.permissions import INBOX
from tongban.engines.cases.queries import InboxFilter
from tongban.engines.cases.queries.inbox import work_of
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import visible

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Desk:
    """One list: its title, what it says when there is nothing, and its tasks on a day."""

    code: str
    title: _StrPromise
    empty: _StrPromise
    rows: Callable[[Actor, dt.date], QuerySet[Task]]
    batch: bool = False


def _own(actor: Actor, _today: dt.date) -> QuerySet[Task]:
    return work_of(actor)


def _live(actor: Actor) -> QuerySet[Task]:
    return visible(actor, INBOX.code, Task.objects.filter(closed_at__isnull=True))


def _one_a_case(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Keep of each case the task that is open and due first, so that a case stands in the list once."""
    chosen = rows.order_by("case", "state", F("due_on").asc(nulls_last=True), "pk").distinct("case")
    return Task.objects.filter(pk__in=chosen.values("pk"))


def _unit(actor: Actor, _today: dt.date) -> QuerySet[Task]:
    return _one_a_case(_live(actor))


def _unassigned(actor: Actor, _today: dt.date) -> QuerySet[Task]:
    return _live(actor).filter(state=Task.State.OPEN, assignee__isnull=True)


def _consultations(actor: Actor, _today: dt.date) -> QuerySet[Task]:
    return _live(actor).filter(kind=Task.Kind.CO_HANDLE)


def _paused(actor: Actor, _today: dt.date) -> QuerySet[Task]:
    return _one_a_case(_live(actor).filter(case__paused=True))


def _late(actor: Actor, today: dt.date) -> QuerySet[Task]:
    return _live(actor).filter(step_due_on__lt=today)


DESKS: Mapping[str, Desk] = {
    desk.code: desk
    for desk in (
        Desk("", _("待办"), _("没有待办的件。新的申请到达后会出现在这里。"), _own, batch=True),
        Desk("unit", _("科室在办"), _("本单位没有在办的件。"), _unit),
        Desk("unassigned", _("待分派"), _("没有等待分派的件。"), _unassigned, batch=True),
        Desk("consultations", _("会商"), _("没有等待答复的会商。"), _consultations),
        Desk("paused", _("停计中"), _("没有停止计时的件。"), _paused),
        Desk("late", _("环节超时"), _("没有超过环节时限的件。"), _late),
    )
}


def filter_from(query: QueryDict) -> tuple[InboxFilter, str]:
    """Return the filter of an address, and what was typed as the last due day if that is no date."""
    item = query.get("item", "")
    typed = query.get("due", "").strip()
    due: dt.date | None = None
    with contextlib.suppress(ValueError):
        due = dt.date.fromisoformat(typed) if typed else None
    return (
        InboxFilter(
            light=query.get("light", ""),
            item=int(item) if item.isascii() and item.isdigit() and len(item) < 19 else None,
            step=query.get("step", "")[:60],
            channel=query.get("channel", "")[:20],
            text=query.get("q", "").replace("\x00", "").strip()[:100],
            due_before=due,
            assigned=query.get("assigned", "") if query.get("assigned") in ("me", "none") else "",
        ),
        "" if due or not typed else typed[:20],
    )
