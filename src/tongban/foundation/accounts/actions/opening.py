"""Opening accounts and vouching for who stands behind them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongban.foundation.accounts.doer import Doer
from tongban.foundation.accounts.errors import AccountError
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity, fold_username
from tongban.foundation.accounts.rules import is_mobile, is_username
from tongban.foundation.accounts.verification import Claim, Verdict, tell_verified, verify
from tongban.foundation.audit.actions import record
from tongban.foundation.text.identifiers import IdentifierError, citizen_number, credit_code


def stream(account: Account) -> str:
    """Return the audit stream of an account."""
    return f"account:{account.pk}"


def open_person(
    *, username: str, password: str, name: str, number: str, phone: str, by: Doer, at: dt.datetime
) -> Account:
    """Open a person's account with the real name, and ask the real-name service.

    :raises AccountError: with a sentence for each wrong field
    """
    claim = Claim(Identity.Kind.CITIZEN, name.strip(), number, phone.strip())
    return _open(Account.Kind.PERSON, username, password, claim, by=by, at=at)


def open_firm(
    *,
    username: str,
    password: str,
    name: str,
    number: str,
    legal_representative: str,
    phone: str,
    by: Doer,
    at: dt.datetime,
) -> Account:
    """Open the account of a firm or another organization under its unified social credit code.

    :raises AccountError: with a sentence for each wrong field
    """
    claim = Claim(Identity.Kind.ORGANIZATION, name.strip(), number, phone.strip(), legal_representative.strip())
    return _open(Account.Kind.ORGANIZATION, username, password, claim, by=by, at=at)


def open_official(
    *, username: str, display_name: str, password: str, by: Doer, at: dt.datetime, final: bool = False
) -> Account:
    """Open an official's account with an initial password, to be changed at the first sign-in unless ``final``.

    :raises AccountError: if the sign-in name is taken or the password is weak
    """
    errors = _name_errors(username)
    if not display_name.strip():
        errors["display_name"] = _("请填写姓名。")
    account = Account(
        username=fold_username(username), kind=Account.Kind.OFFICIAL, display_name=display_name.strip(), joined_at=at
    )
    errors |= _password_errors(password, account)
    if errors:
        raise AccountError(fields=errors)
    account.set_password(password)
    account.password_changed_at = at if final else None
    with transaction.atomic():
        _insert(account)
        record(stream=stream(account), kind="account.opened", actor=by.key, at=at, data={"kind": account.kind})
    return account


def _open(kind: Account.Kind, username: str, password: str, claim: Claim, *, by: Doer, at: dt.datetime) -> Account:
    account = Account(username=fold_username(username), kind=kind, display_name=claim.name, joined_at=at)
    errors = _name_errors(username) | _password_errors(password, account)
    claim, wrong = _checked(claim)
    errors |= wrong
    if errors:
        raise AccountError(fields=errors)
    verdict = verify(claim, service=settings.REAL_NAME_SERVICE)
    if verdict.verified is False or _taken(claim, verdict):
        raise AccountError(fields={"number": unverifiable()})
    account.set_password(password)
    account.password_changed_at = at
    with transaction.atomic():
        _insert(account)
        identity = identity_of(account, claim, verdict, at)
        try:
            with transaction.atomic():
                identity.save(force_insert=True)
        except IntegrityError as taken:
            raise AccountError(fields={"number": unverifiable()}) from taken
        data = {"kind": account.kind, "verified_by": identity.verified_by}
        record(stream=stream(account), kind="account.opened", actor=by.key or stream(account), at=at, data=data)
        if identity.is_verified:
            tell_verified(identity, at)
    return account


def unverifiable() -> str:
    """Return the one sentence for every way in which a real name can fail, so that it tells nothing about others."""
    return _("无法用这份实名信息开户。如已有账户请直接登录；如信息无误，请持有效证件到政务服务大厅窗口办理。")


def identity_of(account: Account, claim: Claim, verdict: Verdict, at: dt.datetime) -> Identity:
    """Return the identity that a claim and its verdict make, not yet saved."""
    return Identity(
        account=account,
        kind=claim.kind,
        name=claim.name,
        number=claim.number,
        number_digest=digest(claim.number),
        phone=claim.phone,
        phone_digest=digest(claim.phone),
        legal_representative=claim.legal_representative,
        verified_by=verdict.by if verdict.verified else "",
        verified_at=at if verdict.verified else None,
    )


def confirm_identity(*, identity: Identity, verified_by: str, by: Doer, at: dt.datetime) -> Identity:
    """Note that someone vouches for a declared identity: a window clerk who saw the document, or a provider.

    :param verified_by: such as ``window:420102-market_supervision``
    :raises AccountError: if another account with this number is already vouched for
    """
    with transaction.atomic():
        identity.verified_by, identity.verified_at = verified_by, at
        try:
            with transaction.atomic():
                identity.save(update_fields=["verified_by", "verified_at"])
        except IntegrityError as taken:
            raise AccountError(_("这个证件号码已在另一账户核验，请先停用那个账户。")) from taken
        record(
            stream=f"account:{identity.account_id}", kind="identity.verified", actor=by.key, at=at,
            data={"verified_by": verified_by},
        )  # fmt: skip
        tell_verified(identity, at)
    return identity


def matches(identity: Identity, *, name: str, number: str) -> bool:
    """Tell whether a document shows what an account declares; the number may be written with blanks or small letters."""
    check = citizen_number.check if identity.kind == Identity.Kind.CITIZEN else credit_code.check
    try:
        canonical = check(number)
    except IdentifierError:
        return False
    return digest(canonical) == identity.number_digest and name.strip() == identity.name


def change_phone(*, identity: Identity, phone: str, by: Doer, at: dt.datetime) -> None:
    """Change the phone number on file for someone who came in person.

    :raises AccountError: if it is no mobile number
    """
    if not is_mobile(phone):
        raise AccountError(fields={"phone": _("请填写 11 位手机号码。")})
    identity.phone, identity.phone_digest = phone, digest(phone)
    with transaction.atomic():
        identity.save(update_fields=["phone", "phone_digest"])
        data = {"fields": ["phone"]}
        record(stream=f"account:{identity.account_id}", kind="account.contact_changed", actor=by.key, at=at, data=data)


def update_contact(*, account: Account, email: str, phone: str, address: str, by: Doer, at: dt.datetime) -> None:
    """Change how a person is reached.

    :raises AccountError: if the phone number is not one
    """
    if phone and not is_mobile(phone):
        raise AccountError(fields={"phone": _("请填写 11 位手机号码。")})
    identity = Identity.objects.filter(account=account).first()
    changed = [] if account.email == email else ["email"]
    with transaction.atomic():
        account.email = email
        account.save(update_fields=["email"])
        if identity is not None:
            changed += [
                name for name, new in (("phone", phone), ("address", address)) if getattr(identity, name) != new
            ]
            identity.phone, identity.phone_digest, identity.address = phone, digest(phone), address
            identity.save(update_fields=["phone", "phone_digest", "address"])
        record(stream=stream(account), kind="account.contact_changed", actor=by.key, at=at, data={"fields": changed})


def _taken(claim: Claim, verdict: Verdict) -> bool:
    """Tell whether a verified account with the number exists: the newcomer would be its double."""
    rows = Identity.objects.filter(number_digest=digest(claim.number), verified_at__isnull=False)
    return bool(verdict.verified) and rows.exists()


def _insert(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as taken:
        raise AccountError(fields={"username": _("这个登录名已被使用，请换一个。")}) from taken


def _name_errors(username: str) -> dict[str, str]:
    if not is_username(username.strip()):
        return {"username": _("登录名为 4 至 32 个字母、数字、点、下划线或连字符，以字母开头。")}
    if Account.objects.filter(username=fold_username(username)).exists():
        return {"username": _("这个登录名已被使用，请换一个。")}
    return {}


def _password_errors(password: str, account: Account) -> dict[str, str]:
    try:
        validate_password(password, user=account)
    except ValidationError as weak:
        return {"password": "".join(weak.messages)}
    return {}


def _checked(claim: Claim) -> tuple[Claim, dict[str, str]]:
    """Return a claim with its number in canonical form, and what is wrong with it by field."""
    errors: dict[str, str] = {}
    number = claim.number
    check = citizen_number.check if claim.kind == Identity.Kind.CITIZEN else credit_code.check
    try:
        number = check(number)
    except IdentifierError as wrong:
        errors["number"] = str(wrong)
    if not claim.name:
        errors["name"] = _("请填写姓名或名称。")
    if not is_mobile(claim.phone):
        errors["phone"] = _("请填写 11 位手机号码。")
    if claim.kind == Identity.Kind.ORGANIZATION and not claim.legal_representative:
        errors["legal_representative"] = _("请填写法定代表人或负责人姓名。")
    return Claim(claim.kind, claim.name, number, claim.phone, claim.legal_representative), errors
