"""Pages of signing in, from django-allauth; a form with mistakes answers 422. The interface guards them."""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as key
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port


def has_name(request: HttpRequest) -> bool:
    """Tell whether the site is reached by a name: browsers tie passkeys to a name and refuse them for bare addresses.

    (Web Authentication Level 2, section 5.1.3: the effective domain must be a valid domain string.)
    """
    try:
        ipaddress.ip_address(split_domain_port(request.get_host())[0].strip("[]"))
    except ValueError:
        return True
    return False


def by_name(request: HttpRequest) -> str:
    """Return this page's address by name, where the machine itself is meant; empty where the name is not known."""
    host, port = split_domain_port(request.get_host())
    if not ipaddress.ip_address(host.strip("[]")).is_loopback:
        return ""
    return f"{request.scheme}://localhost{':' if port else ''}{port}{request.path}"


class _Unprocessable:
    """Answers 422 when a form has mistakes, everything typed kept except passwords."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Leave the name ``site`` to our own pages."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.pop("site", None)
        request: HttpRequest = self.request  # type: ignore[attr-defined]
        context["passkeys_here"] = has_name(request)
        context["named_address"] = "" if has_name(request) else by_name(request)
        if "PASSKEY_LOGIN_ENABLED" in context:
            context["PASSKEY_LOGIN_ENABLED"] = context["PASSKEY_LOGIN_ENABLED"] and context["passkeys_here"]
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == HTTPStatus.OK:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class FactorsView(_Unprocessable, factor.IndexView):  # type: ignore[misc]
    """Show the second factors of the account."""


class SignInView(_Unprocessable, account.LoginView):  # type: ignore[misc]
    """Sign in with name and password."""


class PasswordChangeView(_Unprocessable, account.PasswordChangeView):  # type: ignore[misc]
    """Change the own password."""

    success_url = "/accounts/"


class PasswordSetView(_Unprocessable, account.PasswordSetView):  # type: ignore[misc]
    """Set a first password, for those who came through an identity provider."""

    success_url = "/accounts/"


class ReauthenticateView(_Unprocessable, account.ReauthenticateView):  # type: ignore[misc]
    """Give the password once more."""


class CodeView(_Unprocessable, factor.AuthenticateView):  # type: ignore[misc]
    """Give the second factor."""


class CodeAgainView(_Unprocessable, factor.ReauthenticateView):  # type: ignore[misc]
    """Give the second factor once more."""


class ActivateAppView(_Unprocessable, totp.ActivateTOTPView):  # type: ignore[misc]
    """Bind an authenticator app."""


class AddKeyView(_Unprocessable, key.AddWebAuthnView):  # type: ignore[misc]
    """Bind a passkey or security key."""


class EditKeyView(_Unprocessable, key.EditWebAuthnView):  # type: ignore[misc]
    """Rename a passkey or security key."""
