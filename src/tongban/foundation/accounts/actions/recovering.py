"""A lost password: a code to the phone on file, then a new password. Nothing said tells whether an account exists."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.foundation.accounts.actions.access import change_password
from tongban.foundation.accounts.actions.opening import stream
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity, PasswordRecovery, SignInGuard, fold_username
from tongban.foundation.accounts.rules import RECOVERIES_A_DAY, RECOVERY_MINUTES, RECOVERY_TRIES
from tongban.foundation.audit.actions import record


def begin_recovery(*, username: str, phone: str, at: dt.datetime) -> tuple[PasswordRecovery, str, str] | None:
    """Make a code for an account whose phone number on file is the one given.

    Officials have no phone on file and ask their system administrator.

    :return: the row, the phone number and the code to send; ``None`` if nothing may be sent, of which the person is
        told nothing
    """
    identity = (
        Identity.objects.select_related("account")
        .filter(account__username=fold_username(username), account__is_active=True, phone_digest=digest(phone))
        .first()
    )
    if identity is None or not identity.phone:
        return None
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=identity.account_id)
        day = PasswordRecovery.objects.filter(account=account, sent_at__gt=at - dt.timedelta(days=1))
        if day.filter(sent_at__gt=at - dt.timedelta(minutes=1)).exists() or day.count() >= RECOVERIES_A_DAY:
            return None
        code = f"{secrets.randbelow(10**6):06d}"
        row = PasswordRecovery.objects.create(
            account=account,
            code_digest=_digest(account, code),
            sent_at=at,
            expires_at=at + dt.timedelta(minutes=RECOVERY_MINUTES),
        )
        record(stream=stream(account), kind="account.recovery_sent", actor="anonymous", at=at)
    return row, identity.phone, code


def complete_recovery(*, account_id: int | None, code: str, password: str, at: dt.datetime) -> Account:
    """Set a new password with the code; every session of the account ends and a lock of its name is lifted.

    :param account_id: the account for which this browser asked, ``None`` if there was none
    :raises AccountError: if the code is wrong, used, dead or over, or the password is weak
    """
    row = PasswordRecovery.objects.filter(account_id=account_id).order_by("-sent_at").first() if account_id else None
    if row is None or not _good(row, code, at):
        raise AccountError(fields={"code": _("验证码不正确或已失效，请核对，或重新获取。")})
    account = Account.objects.get(pk=row.account_id)
    with transaction.atomic():
        used = PasswordRecovery.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=at)
        if not used or not account.is_active:
            raise AccountError(fields={"code": _("验证码不正确或已失效，请核对，或重新获取。")})
        change_password(account=account, password=password, by=Self(account), at=at)
        SignInGuard.objects.filter(subject=SignInGuard.Subject.NAME, digest=digest(account.username)).delete()
    return account


def _good(row: PasswordRecovery, code: str, at: dt.datetime) -> bool:
    """Count a try and tell whether the code is right; the count stays even if what follows fails."""
    with transaction.atomic():
        locked = PasswordRecovery.objects.select_for_update().get(pk=row.pk)
        if locked.used_at is not None or at >= locked.expires_at or locked.tries >= RECOVERY_TRIES:
            return False
        right = hmac.compare_digest(locked.code_digest, _digest(locked.account, code))
        if not right:
            locked.tries += 1
            locked.save(update_fields=["tries"])
        return right


def _digest(account: Account, code: str) -> str:
    return digest(f"recovery:{account.pk}:{code}")
