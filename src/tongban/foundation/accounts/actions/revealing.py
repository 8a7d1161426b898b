"""Showing a masked value to an official, for a reason that the person concerned can read."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.foundation.accounts.doer import Doer
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.models import Account, Identity, Reveal
from tongban.foundation.accounts.rules import REVEALS_AN_HOUR
from tongban.foundation.audit.actions import record

FIELDS = frozenset({"name", "number", "phone", "address", "legal_representative"})


class RevealLimitError(AccountError):
    """The hourly limit of revealed values is reached."""


def reveal(*, identity: Identity, field: str, reason: str, by: Doer, at: dt.datetime, about: str = "") -> str:
    """Return one value of an identity in full, and record who saw it and why.

    The caller has checked that the official handles a matter of this person (PIPL Art. 34).

    :param field: one of :data:`FIELDS`
    :param about: the matter, such as a case number
    :raises AccountError: if no reason is given
    :raises RevealLimitError: if this person was shown too many values within an hour
    :raises ValueError: if there is no such field
    """
    if field not in FIELDS:
        raise ValueError(field)
    if by.account is None:
        raise AccountError(_("请先登录。"))
    if len(reason.strip()) < 2:
        raise AccountError(fields={"reason": _("请填写查看理由。")})
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=by.account.pk)
        seen = Reveal.objects.filter(by=by.account, at__gt=at - dt.timedelta(hours=1)).count()
        if seen < REVEALS_AN_HOUR:
            row = Reveal.objects.create(
                account_id=identity.account_id, field=field, reason=reason.strip()[:200], about=about[:80],
                by=by.account, by_key=by.key, at=at,
            )  # fmt: skip
            data = {"field": field, "reason": row.reason, "about": row.about}
            record(stream=f"account:{identity.account_id}", kind="identity.revealed", actor=by.key, at=at, data=data)
            return str(getattr(identity, field))
        record(
            stream="security", kind="identity.reveal_limited", actor=by.key, at=at,
            data={"account": identity.account_id, "field": field},
        )  # fmt: skip
    raise RevealLimitError(
        _("一小时内最多查看 %(n)d 项完整信息，请稍后再试。本次请求已留痕。") % {"n": REVEALS_AN_HOUR}
    )
