"""A finished quarter for the table of submissions: items that went through the chain then, some turned down, and the bulletin."""

from __future__ import annotations

import datetime as dt
import random

from django.db import transaction

from tongban.affairs.disclosure.actions.league import publish_due
from tongban.affairs.disclosure.demo import texts
from tongban.affairs.disclosure.demo.people import Staff
from tongban.affairs.disclosure.demo.site import Filling, through_the_chain
from tongban.affairs.disclosure.queries.league import bounds
from tongban.engines.indicators.rules import PeriodKind, period_of
from tongban.engines.publishing.actions.deciding import decline, return_for_changes, submit
from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.actions.publishing import refresh_columns
from tongban.engines.publishing.models import Column, Submission
from tongban.foundation.clock.now import local_date
from tongban.foundation.messaging.actions import as_history
from tongban.foundation.organizations.actor import system_actor
from tongban.foundation.organizations.models import Unit

TAKEN = {("hubei", "news.regions"): 14, ("hubei", "news.departments"): 6, ("wuhan", "news.government"): 6}
"""How many items were taken for which columns."""


@transaction.atomic
def fill_quarter(*, now: dt.datetime, seed: int = 6) -> int:
    """Fill the last quarter that is over, once, and publish its bulletins; return how many submissions were made."""
    period = period_of(local_date(now), PeriodKind.QUARTER).before
    first, after = bounds(period)
    if Submission.objects.filter(submitted_at__lt=after).exists():
        return 0
    work = Filling(now, Staff(now), random.Random(seed))  # noqa: S311
    rows = Column.objects.select_related("site__unit__region", "site__region", "unit__region")
    made = 0
    with as_history():
        for (code, scheme), number in TAKEN.items():
            column = rows.get(site__code=code, scheme_code=scheme)
            for _serial in range(number):
                at = _moment(work.rng, first, after)
                content = texts.news(work.rng, place=_place(column), unit=column.unit.name)
                through_the_chain(work, column, content, at)
                made += 1
        made += _turned_down(work, rows.get(site__code="hubei", scheme_code="news.departments"), first, after)
    refresh_columns(at=now)
    publish_due(by=system_actor("demonstration"), at=now, from_day=1)
    return made


def _moment(rng: random.Random, first: dt.datetime, after: dt.datetime) -> dt.datetime:
    days = rng.randrange(3, (after - first).days - 1)
    return first + dt.timedelta(days=days, hours=rng.choice((9, 10, 11, 14, 15, 16)), minutes=rng.randrange(60))


def _place(column: Column) -> str:
    return column.site.region.name if column.site.region else ""


def _turned_down(work: Filling, column: Column, first: dt.datetime, after: dt.datetime) -> int:
    """Let a county's office submit what was declined or returned."""
    unit = Unit.objects.select_related("region").get(code="420102-market_supervision")
    officer, desk = work.staff.officer(unit), work.staff.desk(column.site)
    at = _moment(work.rng, first, after)
    for decide in (decline, return_for_changes):
        content = texts.news(work.rng, place=unit.region.name, unit=unit.name)
        article = save_draft(column=column, content=content, by=officer, at=at)
        offered = submit(article=article, by=officer, at=at)
        decide(submission=offered, reason="内容与已刊发的稿件重复。", by=desk.editor, at=at + dt.timedelta(hours=6))
    return 2
