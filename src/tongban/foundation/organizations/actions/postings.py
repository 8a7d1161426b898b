"""Appointing people: one proposes, a second confirms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.foundation.accounts.models import Account
from tongban.foundation.audit.actions import record
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.errors import PostingError
from tongban.foundation.organizations.models import Posting, Unit
from tongban.foundation.organizations.permissions import Permission, require
from tongban.foundation.organizations.roles import ADMINISTRATORS, Role, Scope
from tongban.foundation.organizations.rules import exclusive, overlap

VIEW = Permission("postings.view", gettext_lazy("查看任职"), {Role.SECURITY_ADMIN: Scope.REGION}, system=False)
PROPOSE = Permission("postings.propose", gettext_lazy("提议任职"), {Role.SECURITY_ADMIN: Scope.REGION}, system=False)
CONFIRM = Permission(
    "postings.confirm",
    gettext_lazy("确认任职"),
    {Role.SECURITY_ADMIN: Scope.REGION, Role.UNIT_HEAD: Scope.SUBTREE},
    system=False,
)
END = Permission("postings.end", gettext_lazy("免去任职"), {Role.SECURITY_ADMIN: Scope.REGION}, system=False)


def propose(
    *,
    account: Account,
    unit: Unit,
    roles: Sequence[Role],
    title: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    by: Actor,
    at: dt.datetime,
) -> list[Posting]:
    """Propose that a person holds roles in a unit; it counts once someone else has confirmed it.

    :raises NotAllowedError: if the actor may not appoint in this unit
    :raises PostingError: if the person may not hold the roles
    """
    require(by, PROPOSE.code, unit)
    _check_person(account, by)
    if not roles:
        raise PostingError(fields={"role": _("请选择角色。")})
    if valid_to is not None and valid_to < valid_from:
        raise PostingError(fields={"valid_to": _("离任日期不能早于任职日期。")})
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        _check_exclusive(account, roles, valid_from, valid_to)
        made = [
            Posting(
                account=account,
                unit=unit,
                role=role,
                title=title.strip(),
                valid_from=valid_from,
                valid_to=valid_to,
                proposed_by=by.account,
                proposed_at=at,
            )
            for role in dict.fromkeys(roles)
        ]
        for posting in made:
            _insert(posting)
            _note(posting, "posting.proposed", by, at)
    return made


def confirm(*, posting: Posting, by: Actor, at: dt.datetime) -> Posting:
    """Confirm a proposed posting, as the second person.

    :raises NotAllowedError: if the actor may not confirm in this unit
    :raises PostingError: if it is one's own proposal or posting, or no proposal any more
    """
    require(by, CONFIRM.code, posting)
    with transaction.atomic():
        row = Posting.objects.select_for_update().get(pk=posting.pk)
        if not row.is_proposal:
            raise PostingError(_("这项任职不在待确认之列，可能已由他人处理，请刷新列表。"))
        if by.account is None or by.account.pk in (row.proposed_by_id, row.account_id):
            raise PostingError(_("提议人和被任命人不能自己确认，请由另一人确认。"))
        if row.role in ADMINISTRATORS and Role.SECURITY_ADMIN not in by.roles:
            raise PostingError(_("管理员的任职须由安全管理员确认。"))
        row.confirmed_by, row.confirmed_at = by.account, at
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        _note(row, "posting.confirmed", by, at)
    return row


def decline(*, posting: Posting, reason: str, by: Actor, at: dt.datetime) -> None:
    """Decline a proposal, or withdraw one's own.

    :raises NotAllowedError: if the actor may not confirm in this unit
    :raises PostingError: if it is no proposal any more, or no reason is given
    """
    require(by, CONFIRM.code, posting)
    _end(posting, reason, "posting.declined", proposal=True, by=by, on=None, at=at)


def end_posting(*, posting: Posting, reason: str, by: Actor, on: dt.date, at: dt.datetime) -> None:
    """End a posting at once. What the person did in it stays on record.

    :raises NotAllowedError: if the actor may not end postings of this unit
    :raises PostingError: if it has ended, it is one's own, or no reason is given
    """
    require(by, END.code, posting)
    if by.account is not None and by.account.pk == posting.account_id:
        raise PostingError(_("不能免去自己的任职，请由另一名安全管理员办理。"))
    _end(posting, reason, "posting.ended", proposal=False, by=by, on=on, at=at)


def _end(
    posting: Posting, reason: str, kind: str, *, proposal: bool, by: Actor, on: dt.date | None, at: dt.datetime
) -> None:
    if not reason.strip():
        raise PostingError(fields={"reason": _("请填写理由。")})
    with transaction.atomic():
        row = Posting.objects.select_for_update().get(pk=posting.pk)
        if row.ended_at is not None or row.is_proposal is not proposal:
            raise PostingError(_("这项任职的状态已变，请刷新列表。"))
        row.ended_at = at
        if on is not None and row.valid_from <= on and (row.valid_to is None or row.valid_to > on):
            row.valid_to = on
        row.save(update_fields=["ended_at", "valid_to"])
        _note(row, kind, by, at, reason=reason.strip())


def _check_person(account: Account, by: Actor) -> None:
    if by.account is not None and by.account.pk == account.pk:
        raise PostingError(_("不能任命自己。"))
    if account.kind != Account.Kind.OFFICIAL or not account.is_active:
        raise PostingError(fields={"account": _("只能任命已启用的工作人员账户。")})


def _check_exclusive(account: Account, roles: Sequence[Role], valid_from: dt.date, valid_to: dt.date | None) -> None:
    """Refuse two administrator roles, or one beside the handling of affairs, also within one proposal."""
    present = Posting.objects.filter(account=account, ended_at__isnull=True)
    held = [row.role for row in present if overlap((row.valid_from, row.valid_to), (valid_from, valid_to))]
    if not exclusive([*held, *roles], ADMINISTRATORS):
        raise PostingError(
            fields={
                "role": _("系统、安全、审计三类管理员须由三人分任，且不得兼任其他角色。请先免去原任职，或另选人员。")
            }
        )


def _insert(posting: Posting) -> None:
    try:
        with transaction.atomic():
            posting.save(force_insert=True)
    except IntegrityError as refused:
        if "administrators_apart" in str(refused) or "administrator holds" in str(refused):
            text = _("系统、安全、审计三类管理员须由三人分任，且不得兼任其他角色。")
            raise PostingError(fields={"role": text}) from refused
        raise PostingError(fields={"role": _("此人在该单位已有或已被提议这个角色。")}) from refused


def _note(posting: Posting, kind: str, by: Actor, at: dt.datetime, reason: str = "") -> None:
    data = {
        "posting": posting.pk,
        "account": posting.account_id,
        "unit": posting.unit.code,
        "role": posting.role,
        "from": posting.valid_from.isoformat(),
        "to": posting.valid_to.isoformat() if posting.valid_to else None,
    }
    if reason:
        data["reason"] = reason
    record(stream=f"account:{posting.account_id}", kind=kind, actor=by.key, at=at, data=data)
