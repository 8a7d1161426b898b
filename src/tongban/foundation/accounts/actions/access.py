"""Signing in and being kept from it: failures, locks, passwords, sessions, disabling."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from tongban.foundation.accounts.actions.opening import stream
from tongban.foundation.accounts.doer import Doer
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, SignIn, SignInGuard, fold_username
from tongban.foundation.accounts.rules import ADDRESS_LIMIT, NAME_LIMIT, Tries, after_failure, is_locked
from tongban.foundation.audit.actions import record

SECURITY = "security"
"""The audit stream of what concerns the whole platform's safety."""


def signed_in(*, account: Account, method: str, address: str, agent: str, at: dt.datetime) -> SignIn:
    """Record a completed sign-in and forget the failures before it."""
    with transaction.atomic():
        SignInGuard.objects.filter(subject=SignInGuard.Subject.NAME, digest=digest(account.username)).delete()
        row = _row(account, SignIn.Outcome.SUCCEEDED, method, address, agent, at)
        data = {"method": method, "address": digest(address)}
        record(stream=stream(account), kind="account.signed_in", actor=stream(account), at=at, data=data)
    return row


def sign_in_failed(*, username: str, method: str, address: str, agent: str, at: dt.datetime) -> None:
    """Count a failure for the name and for the address; lock what reached its limit, and record that."""
    account = Account.objects.filter(username=fold_username(username)).first()
    with transaction.atomic():
        if account is not None:
            _row(account, SignIn.Outcome.FAILED, method, address, agent, at)
        name, new = _count(SignInGuard.Subject.NAME, fold_username(username), NAME_LIMIT, at, account)
        if new and account is not None:
            data = {"address": digest(address), "failures": name.failures}
            record(stream=stream(account), kind="account.locked", actor="anonymous", at=at, data=data)
        if new:
            data = {"name": name.digest, "failures": name.failures}
            record(stream=SECURITY, kind="sign_in.name_locked", actor="anonymous", at=at, data=data)
        address_tried(address=address, at=at)


def address_tried(*, address: str, at: dt.datetime) -> None:
    """Count a vain attempt from an address that was not a sign-in, such as asking for a code with wrong data."""
    with transaction.atomic():
        source, new = _count(SignInGuard.Subject.ADDRESS, address, ADDRESS_LIMIT, at)
        if new:
            data = {"address": source.digest, "failures": source.failures}
            record(stream=SECURITY, kind="sign_in.address_locked", actor="anonymous", at=at, data=data)


def sign_in_refused(*, username: str, method: str, address: str, agent: str, at: dt.datetime) -> None:
    """Note an attempt during a lock; it does not prolong the lock."""
    account = Account.objects.filter(username=fold_username(username)).first()
    if account is not None:
        _row(account, SignIn.Outcome.LOCKED, method, address, agent, at)


def locked_until(*, username: str, address: str, at: dt.datetime) -> dt.datetime | None:
    """Return until when signing in with a name from an address is refused, if it is."""
    keys = {
        SignInGuard.Subject.NAME: digest(fold_username(username)),
        SignInGuard.Subject.ADDRESS: digest(address),
    }
    rows = SignInGuard.objects.filter(locked_until__gt=at, digest__in=keys.values())
    ends = [
        row.locked_until for row in rows if row.locked_until and keys[SignInGuard.Subject(row.subject)] == row.digest
    ]
    return max(ends, default=None)


def unlock(*, username: str, reason: str, by: Doer, at: dt.datetime) -> None:
    """Lift the lock of a sign-in name before its time.

    :raises AccountError: if no reason is given or the name is not locked
    """
    if not reason.strip():
        raise AccountError(fields={"reason": _("请填写解锁理由。")})
    rows = SignInGuard.objects.filter(
        subject=SignInGuard.Subject.NAME, digest=digest(fold_username(username)), locked_until__gt=at
    )
    account = Account.objects.filter(username=fold_username(username)).first()
    with transaction.atomic():
        if not rows.delete()[0]:
            raise AccountError(fields={"username": _("这个登录名没有被锁定。")})
        data = {"name": digest(fold_username(username)), "reason": reason.strip()}
        if account is not None:
            record(stream=stream(account), kind="account.unlocked", actor=by.key, at=at, data=data)
        record(stream=SECURITY, kind="sign_in.unlocked", actor=by.key, at=at, data=data)


def change_password(*, account: Account, password: str, by: Doer, at: dt.datetime) -> None:
    """Set a new password chosen by its owner; every other session of the account ends.

    :raises AccountError: if the password is weak
    """
    _set_password(account, password, at)
    with transaction.atomic():
        account.save(update_fields=["password", "password_changed_at"])
        record(stream=stream(account), kind="account.password_changed", actor=by.key, at=at)


def reset_password(*, account: Account, password: str, reason: str, by: Doer, at: dt.datetime) -> None:
    """Set an initial password for someone who lost theirs; it must be changed at the next sign-in.

    :raises AccountError: if the password is weak or no reason is given
    """
    if not reason.strip():
        raise AccountError(fields={"reason": _("请填写重置理由。")})
    _set_password(account, password, None)
    with transaction.atomic():
        account.save(update_fields=["password", "password_changed_at"])
        data = {"reason": reason.strip()}
        record(stream=stream(account), kind="account.password_reset", actor=by.key, at=at, data=data)


def end_sessions(*, account: Account, by: Doer, at: dt.datetime) -> None:
    """End every session of an account."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(session_epoch=F("session_epoch") + 1)
        account.refresh_from_db(fields=["session_epoch"])
        record(stream=stream(account), kind="account.sessions_ended", actor=by.key, at=at)


def disable(*, account: Account, reason: str, by: Doer, at: dt.datetime) -> None:
    """Disable an account; its sessions end and stay ended.

    :raises AccountError: if no reason is given, or one disables oneself
    """
    if not reason.strip():
        raise AccountError(fields={"reason": _("请填写停用理由。")})
    if by.account is not None and by.account.pk == account.pk:
        raise AccountError(_("不能停用自己的账户。"))
    with transaction.atomic():
        account.is_active, account.disabled_reason = False, reason.strip()
        account.session_epoch = F("session_epoch") + 1
        account.save(update_fields=["is_active", "disabled_reason", "session_epoch"])
        account.refresh_from_db(fields=["session_epoch"])
        data = {"reason": reason.strip()}
        record(stream=stream(account), kind="account.disabled", actor=by.key, at=at, data=data)


def disable_unused(*, days: int, by: Doer, at: dt.datetime) -> int:
    """Disable officials' accounts that nobody has used for so many days (GB/T 22239-2019, 8.1.4.2); return how many.

    Accounts in which nobody can sign in, having no password, are left alone.
    """
    since = at - dt.timedelta(days=days)
    recent = Q(joined_at__gte=since) | Q(last_login__gte=since) | Q(enabled_at__gte=since)
    rows = Account.objects.filter(kind=Account.Kind.OFFICIAL, is_active=True).exclude(recent)
    done = 0
    for account in rows.iterator():
        if account.has_usable_password():
            disable(account=account, reason=f"{days} 天未登录", by=by, at=at)
            done += 1
    return done


def enable(*, account: Account, by: Doer, at: dt.datetime) -> None:
    """Enable an account again; nobody is signed in by that."""
    with transaction.atomic():
        account.is_active, account.disabled_reason, account.enabled_at = True, "", at
        account.save(update_fields=["is_active", "disabled_reason", "enabled_at"])
        record(stream=stream(account), kind="account.enabled", actor=by.key, at=at)


def _set_password(account: Account, password: str, at: dt.datetime | None) -> None:
    try:
        validate_password(password, user=account)
    except ValidationError as weak:
        raise AccountError(fields={"password": "".join(weak.messages)}) from weak
    account.set_password(password)
    account.password_changed_at = at


def _row(account: Account, outcome: SignIn.Outcome, method: str, address: str, agent: str, at: dt.datetime) -> SignIn:
    return SignIn.objects.create(
        account=account, at=at, outcome=outcome, method=method, address=address or None, agent=agent[:200]
    )


def _count(
    subject: SignInGuard.Subject, text: str, limit: int, at: dt.datetime, account: Account | None = None
) -> tuple[SignInGuard, bool]:
    """Count a failure under a row lock; return the row and whether it became locked by this one."""
    key = {"subject": subject, "digest": digest(text)}
    row = SignInGuard.objects.select_for_update().filter(**key).first()
    if row is None:
        try:
            with transaction.atomic():
                row = SignInGuard.objects.create(**key, window_from=at, account=account)
        except IntegrityError:
            row = None
        row = SignInGuard.objects.select_for_update().get(**key) if row is None else row
    before = Tries(row.failures, row.window_from, row.locked_until)
    after = after_failure(before, at, limit)
    row.failures, row.window_from, row.locked_until = after.failures, after.window_from, after.locked_until
    row.save()
    return row, is_locked(after, at) and not is_locked(before, at)
