"""Tell the duty units what the night found: one message a unit, however many findings."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Count, QuerySet

from tongban.affairs.disclosure.models import Finding
from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import local_date
from tongban.foundation.messaging.actions import Recipient, queue
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.queries import postings_in_force
from tongban.foundation.organizations.roles import Role

DUTY = (Role.COLUMN_EDITOR, Role.COLUMN_PUBLISHER, Role.INFORMATION_OFFICER, Role.UNIT_HEAD)


@transaction.atomic
def tell_units(*, at: dt.datetime, root: str) -> int:
    """Write to the editors and heads of each unit that has findings it was not told of; return how many messages."""
    fresh = Finding.objects.select_for_update(skip_locked=True).filter(resolved_at=None, told_at=None, excused_at=None)
    keys = list(fresh.values_list("pk", flat=True))
    rows = Finding.objects.filter(pk__in=keys)
    counts = dict(rows.order_by().values_list("unit").annotate(count=Count("pk")))
    sent = 0
    for unit in Unit.objects.filter(pk__in=counts):
        for account in _duty(unit, on=local_date(at)):
            identity = getattr(account, "identity", None)
            to = Recipient(phone=identity.phone if identity else "", email=account.email, account_id=account.pk)
            params = {"unit": unit.name, "count": str(counts[unit.pk]), "link": f"{root}/desk/inspection/findings/"}
            key = f"inspection:{unit.pk}:{account.pk}:{local_date(at).isoformat()}"
            sent += (
                queue(template="inspection-findings", to=to, params=params, about=f"unit:{unit.code}", key=key, at=at)
                is not None
            )
    rows.update(told_at=at)
    return sent


def _duty(unit: Unit, *, on: dt.date) -> QuerySet[Account]:
    posts = postings_in_force(on=on).filter(unit=unit, role__in=DUTY, valid_from__lte=on)
    return Account.objects.filter(pk__in=posts.order_by().values("account_id"), is_active=True).order_by("pk")
