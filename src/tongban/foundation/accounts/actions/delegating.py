"""Letting someone act for a firm or a person."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongban.foundation.accounts.actions.opening import stream
from tongban.foundation.accounts.doer import Doer
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.models import Account, Delegation, fold_username
from tongban.foundation.audit.actions import record


def delegate(
    *, principal: Account, agent: str, valid_from: dt.date, valid_to: dt.date | None, by: Doer, at: dt.datetime
) -> Delegation:
    """Let a person act for the principal within dates; only the principal's own account may do so.

    :param agent: sign-in name of a person's account
    :raises AccountError: with a sentence for each wrong field
    """
    if by.account is None or by.account.pk != principal.pk:
        raise AccountError(_("只有委托人本人可以设立委托。"))
    person = Account.objects.filter(
        username=fold_username(agent), kind=Account.Kind.PERSON, is_active=True
    ).exclude(pk=principal.pk).first()  # fmt: skip
    if person is None:
        raise AccountError(fields={"agent": _("没有可以受托的个人账户使用这个登录名，请向代办人核对。")})
    if valid_to is not None and valid_to < valid_from:
        raise AccountError(fields={"valid_to": _("截止日期不能早于生效日期。")})
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Delegation.objects.create(
                    principal=principal, agent=person, valid_from=valid_from, valid_to=valid_to
                )
        except IntegrityError as twice:
            raise AccountError(fields={"agent": _("已委托此人。要改期限，请先解除再重新设立。")}) from twice
        data = {
            "agent": person.pk, "from": valid_from.isoformat(), "to": valid_to.isoformat() if valid_to else None,
        }  # fmt: skip
        record(stream=stream(principal), kind="delegation.given", actor=by.key, at=at, data=data)
        record(stream=stream(person), kind="delegation.held", actor=by.key, at=at, data={"principal": principal.pk})
    return made


def end_delegation(*, delegation: Delegation, by: Doer, on: dt.date, at: dt.datetime) -> None:
    """End a delegation at once; either side may.

    :raises AccountError: if someone else tries, or it has ended
    """
    if by.account is None or by.account.pk not in (delegation.principal_id, delegation.agent_id):
        raise AccountError(_("只有委托人或代办人可以解除委托。"))
    with transaction.atomic():
        row = Delegation.objects.select_for_update().get(pk=delegation.pk)
        if row.ended_on is not None:
            raise AccountError(_("这项委托已经解除。"))
        row.ended_on = on
        row.save(update_fields=["ended_on"])
        data = {"agent": row.agent_id}
        record(stream=f"account:{row.principal_id}", kind="delegation.ended", actor=by.key, at=at, data=data)
