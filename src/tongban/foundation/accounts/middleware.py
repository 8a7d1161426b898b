"""Ends sessions by the clock, and asks officials for what their sign-in still lacks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.rules import session_over
from tongban.foundation.clock.now import now

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
RESOLUTION = dt.timedelta(seconds=60)
"""A session is written at most this often only to note that it is alive."""

FREE = frozenset(
    {
        "account_logout", "account_change_password", "account_reauthenticate", "mfa_index", "mfa_activate_totp",
        "mfa_add_webauthn", "mfa_list_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "ui:language", "ui:display",
    }
)  # fmt: skip
"""Addresses an official may use before the sign-in is complete."""


class SessionRulesMiddleware:
    """Officials: idle and absolute limits, own password, second factor. Everyone: the idle limit of the site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, or end the session."""
        user = request.user
        if not isinstance(user, Account):
            return self.get_response(request)
        at = now()
        if _over(request, user, at):
            logout(request)
            messages.info(request, _("为保护您的信息，登录已超时退出，请重新登录。"))
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_args: object) -> HttpResponse | None:
        """Send officials to what their sign-in lacks."""
        user = request.user
        if not isinstance(user, Account) or user.kind != Account.Kind.OFFICIAL:
            return None
        match = request.resolver_match
        if match is None or match.view_name in FREE:
            return None
        return _lacking(request, user)


def begin(request: HttpRequest, at: dt.datetime) -> None:
    """Note the moment of signing in."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = at.isoformat()


def _over(request: HttpRequest, user: Account, at: dt.datetime) -> bool:
    session = request.session
    if SIGNED_IN_AT not in session:
        begin(request, at)
        return False
    seen = dt.datetime.fromisoformat(session[SEEN_AT])
    official = user.kind == Account.Kind.OFFICIAL
    ended = session_over(
        signed_in_at=dt.datetime.fromisoformat(session[SIGNED_IN_AT]),
        seen_at=seen,
        at=at,
        idle=settings.STAFF_IDLE_SECONDS if official else settings.SESSION_COOKIE_AGE,
        longest=settings.STAFF_SESSION_SECONDS if official else 0,
    )
    if not ended and at - seen >= RESOLUTION:
        session[SEEN_AT] = at.isoformat()
    return ended


def _lacking(request: HttpRequest, user: Account) -> HttpResponse | None:
    """Return where an official must go first, if anywhere."""
    changed = user.password_changed_at
    if user.has_usable_password() and (changed is None or _aged(changed)):
        messages.warning(request, _("请先修改密码，再继续办理。"))
        return HttpResponseRedirect(reverse("account_change_password"))
    if settings.STAFF_SECOND_FACTOR and not _has_second_factor(request, user):
        messages.warning(request, _("工作人员须启用第二重验证，请先绑定验证器应用或通行密钥。"))
        return HttpResponseRedirect(reverse("mfa_index"))
    return None


def _aged(changed: dt.datetime) -> bool:
    days: int = settings.STAFF_PASSWORD_DAYS
    return bool(days) and now() - changed > dt.timedelta(days=days)


def _has_second_factor(request: HttpRequest, user: Account) -> bool:
    """Tell whether an official has one; asked of the database once a session."""
    if request.session.get("second_factor"):
        return True
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    found: bool = Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists()
    if found:
        request.session["second_factor"] = True
    return found
