"""Where django-allauth meets our accounts: who may sign in, what is recorded, how secrets are kept."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.actions.access import locked_until
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.fields import decrypt, encrypt
from tongban.foundation.accounts.landing import landing
from tongban.foundation.accounts.middleware import begin
from tongban.foundation.accounts.models import Account, fold_username
from tongban.foundation.clock.now import now

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def address_of(request: HttpRequest) -> str:
    """Return the address a request came from, as the server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def agent_of(request: HttpRequest) -> str:
    """Return what the browser says of itself, without control characters."""
    return "".join(char for char in str(request.META.get("HTTP_USER_AGENT", "")) if char.isprintable())[:200]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Counts failures in our tables, keeps the sign-in history, and says things in our words."""

    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("这个账户已停用。"),
        "enter_current_password": _("请填写当前密码。"),
        "incorrect_code": _("验证码不正确，请核对后重新填写。"),
        "incorrect_password": _("密码不正确。"),
        "invalid_login": _("登录名或密码不正确。"),
        "username_password_mismatch": _("登录名或密码不正确。"),
        "too_many_login_attempts": _("尝试次数过多，请 15 分钟后再试，或用通行密钥登录。"),
        "same_as_current": _("新密码不能与当前密码相同。"),
        "rate_limited": _("请求过于频繁，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Leave opening accounts to our own pages."""
        return False

    def new_user(self, request: HttpRequest) -> Account:
        """Make an account object of a person."""
        return Account(kind=Account.Kind.PERSON, joined_at=now())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse during a lock, whether or not the account exists.

        :raises ValidationError: saying when to try again
        """
        username, at = str(credentials.get("username", "")), now()
        address = address_of(request)
        if locked_until(username=username, address=address, at=at) is None:
            return
        actions.sign_in_refused(username=username, method="password", address=address, agent=agent_of(request), at=at)
        raise ValidationError(self.error_messages["too_many_login_attempts"], code="too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure."""
        actions.sign_in_failed(
            username=str(credentials.get("username", "")),
            method="password",
            address=address_of(request),
            agent=agent_of(request),
            at=now(),
        )

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        """Begin the session's clock and record the sign-in."""
        at = now()
        begin(request, at)
        actions.signed_in(
            account=user, method=_methods(request, user), address=address_of(request), agent=agent_of(request), at=at
        )
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send everyone to where their kind of account begins."""
        return landing(request.user) if isinstance(request.user, Account) else "/"

    def set_password(self, user: Account, password: str) -> None:
        """Change the password through the action, so that it is recorded."""
        actions.change_password(account=user, password=password, by=Self(user), at=now())

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002
        """Fold a sign-in name to the form in which it is stored."""
        return fold_username(username)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address the server saw."""
        return address_of(request)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Pass on only messages that are given as text; our pages say the rest themselves."""
        if kwargs.get("message"):
            super().add_message(request, level, *args, **kwargs)


def _methods(request: HttpRequest, user: Account) -> str:
    """Say how someone has signed in, such as ``password+totp``."""
    kinds = [
        str(entry.get("type") or entry.get("provider") or entry["method"])
        for entry in get_authentication_records(request, user)
    ]
    return "+".join(dict.fromkeys(kinds))[:40] or "password"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps encrypted."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret."""
        return base64.b64encode(encrypt(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret."""
        return decrypt(base64.b64decode(encrypted_text))

    def _get_site_name(self) -> str:
        return "Tongban"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send no mail; the audit record and the account page show the change."""
