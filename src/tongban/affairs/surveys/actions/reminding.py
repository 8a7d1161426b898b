"""Tell the duty unit, once, that the outcome of a consultation is late."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongban.affairs.surveys.models import Survey
from tongban.affairs.surveys.queries.surveys import late_summaries
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.organizations.queries import postings_in_force
from tongban.foundation.organizations.roles import Role

DUTY = (Role.COLUMN_EDITOR, Role.COLUMN_PUBLISHER, Role.UNIT_HEAD)


@transaction.atomic
def remind_late(*, at: dt.datetime, root: str) -> int:
    """Write to editors, publishers and heads of the units whose consultations wait too long; return how many messages."""
    day = local_date(at)
    late = late_summaries(on=day).filter(summary_told_at=None)
    sent = 0
    for row in late:
        for account in _duty(row, on=day):
            identity = getattr(account, "identity", None)
            to = Recipient(phone=identity.phone if identity else "", email=account.email, account_id=account.pk)
            due = row.summary_due_on.isoformat() if row.summary_due_on else ""
            params = {"title": row.title, "due": due, "link": f"{root}/desk/surveys/{row.pk}/"}
            key = f"consultation-late:{row.pk}:{account.pk}"
            told = queue(template="consultation-late", to=to, params=params, about=f"survey:{row.pk}", key=key, at=at)
            sent += told is not None
        Survey.objects.filter(pk=row.pk).update(summary_told_at=at)
    return sent


def _duty(row: Survey, *, on: dt.date) -> list[Account]:
    units = {row.unit_id, row.column.unit_id}
    posts = postings_in_force(on=on).filter(unit__in=units, role__in=DUTY, valid_from__lte=on)
    found = Account.objects.filter(pk__in=posts.order_by().values("account_id"), is_active=True)
    return list(found.select_related("identity").order_by("pk"))
