"""What administrators do with accounts: the permission here, the change in the accounts slice."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts import actions as accounts
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.models import Account, Identity, fold_username
from tongban.foundation.audit.actions import record
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import Permission, require
from tongban.foundation.organizations.roles import Role, Scope

VIEW = Permission("accounts.view", _("查看账户"), {Role.SYSTEM_ADMIN: Scope.ANY}, system=False)
OPEN = Permission("accounts.open", _("开立工作人员账户"), {Role.SYSTEM_ADMIN: Scope.ANY}, system=False)
DISABLE = Permission("accounts.disable", _("停用和启用账户"), {Role.SYSTEM_ADMIN: Scope.ANY})
RESET = Permission("accounts.reset_password", _("重置工作人员密码"), {Role.SYSTEM_ADMIN: Scope.ANY}, system=False)
UNLOCK = Permission("accounts.unlock", _("解除登录锁定"), {Role.SECURITY_ADMIN: Scope.ANY}, system=False)
VERIFY = Permission("accounts.verify_identity", _("窗口核验实名"), {Role.WINDOW_CLERK: Scope.ANY}, system=False)

_ALPHABETS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")


def initial_password() -> str:
    """Return a random initial password that can be read out over the telephone: no letters or digits that look alike."""
    parts = ["".join(secrets.choice(alphabet) for _n in range(5)) for alphabet in _ALPHABETS]
    return "-".join(parts)


def open_account(*, username: str, display_name: str, by: Actor, at: dt.datetime) -> tuple[Account, str]:
    """Open an official's account; return it with its initial password, which is shown once and must be changed.

    :raises NotAllowedError: if the actor may not
    :raises AccountError: with a sentence for each wrong field
    """
    require(by, OPEN.code)
    password = initial_password()
    account = accounts.open_official(username=username, display_name=display_name, password=password, by=by, at=at)
    return account, password


def disable_account(*, account: Account, reason: str, by: Actor, at: dt.datetime) -> None:
    """Disable an account and end its sessions.

    :raises NotAllowedError: if the actor may not
    :raises AccountError: if no reason is given, or it is one's own
    """
    require(by, DISABLE.code)
    accounts.disable(account=account, reason=reason, by=by, at=at)


def enable_account(*, account: Account, by: Actor, at: dt.datetime) -> None:
    """Enable an account again.

    :raises NotAllowedError: if the actor may not
    """
    require(by, DISABLE.code)
    accounts.enable(account=account, by=by, at=at)


def reset_account_password(*, account: Account, reason: str, by: Actor, at: dt.datetime) -> str:
    """Give an official a new initial password, which is shown once and must be changed.

    :raises NotAllowedError: if the actor may not
    :raises AccountError: if no reason is given
    """
    require(by, RESET.code)
    password = initial_password()
    accounts.reset_password(account=account, password=password, reason=reason, by=by, at=at)
    return password


def unlock_account(*, username: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """Lift a sign-in lock before its time.

    :raises NotAllowedError: if the actor may not
    :raises AccountError: if it is not locked, or no reason is given
    """
    require(by, UNLOCK.code)
    accounts.unlock(username=username, reason=reason, by=by, at=at)


def verify_at_window(*, username: str, name: str, number: str, phone: str, by: Actor, at: dt.datetime) -> Identity:
    """Vouch for an identity after comparing the document at a window with what the account declares.

    :param phone: a new phone number for the account, or empty to leave it
    :raises NotAllowedError: if the actor is no window clerk
    :raises AccountError: if document and account differ, or another account with this number is already vouched for
    """
    require(by, VERIFY.code)
    identity = Identity.objects.select_related("account").filter(account__username=fold_username(username)).first()
    if identity is None or not accounts.matches(identity, name=name, number=number):
        if identity is not None:
            record(stream=f"account:{identity.account_id}", kind="identity.mismatch", actor=by.key, at=at)
        text = gettext("证件与账户填报的信息不一致，请核对登录名、姓名或名称和证件号码。")
        raise AccountError(fields={"number": text})
    with transaction.atomic():
        if not identity.is_verified:
            unit = by.unit.code if by.unit else ""
            identity = accounts.confirm_identity(identity=identity, verified_by=f"window:{unit}"[:64], by=by, at=at)
        if phone:
            accounts.change_phone(identity=identity, phone=phone, by=by, at=at)
    return identity
