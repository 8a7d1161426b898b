"""Reminds the people whose turn it is of what is late: each article once a stage and working day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.engines.publishing.actions.messages import recipient
from tongban.engines.publishing.models import Article
from tongban.engines.publishing.queries.working import late_work
from tongban.engines.publishing.rules.chain import Stage
from tongban.foundation.clock.now import local_date
from tongban.foundation.clock.queries import calendar_for
from tongban.foundation.messaging.actions import queue
from tongban.foundation.messaging.queries import Texts, current_template
from tongban.foundation.organizations.queries import holders
from tongban.foundation.organizations.roles import Role

TEMPLATE = "article-late"
WHOSE_TURN = {
    Stage.SUBMITTED: Role.COLUMN_EDITOR,
    Stage.EDITING: Role.COLUMN_EDITOR,
    Stage.REVIEW: Role.COLUMN_REVIEWER,
    Stage.APPROVED: Role.COLUMN_PUBLISHER,
}


def remind_late(*, at: dt.datetime) -> int:
    """Tell the holders of the post whose turn it is, in the column's unit or that of its site; return how many texts.

    Nothing is sent on days off.
    """
    today = local_date(at)
    calendar = calendar_for()
    if not calendar.is_workday(today):
        return 0
    texts = current_template(TEMPLATE)
    sent = 0
    for article in late_work(on=today):
        days = calendar.working_days_between(article.stage_due_on or today, today)
        with transaction.atomic():
            sent += _remind(article, texts, days, today, at)
    return sent


def _remind(article: Article, texts: Texts, days: int, today: dt.date, at: dt.datetime) -> int:
    role = WHOSE_TURN[Stage(article.stage)]
    people = holders(article.column.unit, role, on=today) or holders(article.column.site.unit, role, on=today)
    sent = 0
    for person in people:
        told = queue(
            template=texts,
            to=recipient(person),
            params={"title": article.title, "column": str(article.column), "days": str(days)},
            about=f"article:{article.pk}",
            key=f"article-late:{article.pk}:{article.stage}:{today}:{person.pk}",
            at=at,
        )
        sent += told is not None
    return sent
