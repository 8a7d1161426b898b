"""Signing in through a national identity provider (OpenID Connect), which vouches for the real name."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.foundation.accounts import actions
from tongban.foundation.accounts.actions.opening import identity_of, stream
from tongban.foundation.accounts.doer import Self
from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Identity
from tongban.foundation.accounts.verification import Claim, Verdict, tell_verified
from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import now
from tongban.foundation.text.identifiers import IdentifierError, citizen_number

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest


class IdentityProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Maps the provider's claims to an account: the one verified with that number, or a new one."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect a returning person to the account that is verified with the same citizen number.

        :raises ImmediateHttpResponse: back to the sign-in page if the provider gives no usable identity
        """
        claim = claim_of(sociallogin)
        if claim is None:
            messages.error(request, _("身份认证平台没有返回姓名和证件号码，请改用登录名登录，或联系技术支持。"))
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        if sociallogin.is_existing:
            refresh(sociallogin.user, claim)
            return
        known = Identity.objects.filter(
            number_digest=digest(claim.number), verified_at__isnull=False
        ).select_related("account").first()  # fmt: skip
        if known is not None:
            sociallogin.connect(request, known.account)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Open an account for whoever the provider vouches for."""
        return True

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Ask nothing more: the provider has said it all."""
        return True

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Account:
        """Open the account with the identity the provider vouches for."""
        claim, at = claim_of(sociallogin), now()
        if claim is None:
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        account: Account = sociallogin.user
        account.username = f"u{secrets.token_hex(8)}"
        account.kind, account.display_name, account.joined_at = Account.Kind.PERSON, claim.name, at
        account.set_unusable_password()
        by = f"oidc:{sociallogin.account.provider}"
        with transaction.atomic():
            sociallogin.save(request)
            identity = identity_of(account, claim, Verdict(verified=True, by=by), at)
            identity.save(force_insert=True)
            tell_verified(identity, at)
            data = {"kind": account.kind, "verified_by": by}
            record(stream=stream(account), kind="account.opened", actor=stream(account), at=at, data=data)
        return account

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Say in our words that it failed, and go back to the sign-in page.

        :raises ImmediateHttpResponse: always
        """
        messages.error(request, _("身份认证平台登录没有完成，请重试，或改用登录名登录。"))
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send no mail; the audit record and the account page show the change."""


def claim_of(sociallogin: SocialLogin) -> Claim | None:
    """Return the real name in the provider's claims, if it is complete and its number well formed."""
    extra = sociallogin.account.extra_data
    claims = {**extra.get("id_token", {}), **extra.get("userinfo", {}), **extra}
    names: dict[str, str] = settings.IDENTITY_CLAIMS
    found = {ours: str(claims.get(theirs, "")).strip() for ours, theirs in names.items()}
    try:
        number = citizen_number.check(found.get("number", ""))
    except IdentifierError:
        return None
    if not found.get("name"):
        return None
    return Claim(Identity.Kind.CITIZEN, found["name"], number, found.get("phone", ""))


def refresh(account: Account, claim: Claim) -> None:
    """Let the provider vouch for an identity its owner had only declared."""
    identity = Identity.objects.filter(account=account, number_digest=digest(claim.number)).first()
    if identity is not None and not identity.is_verified:
        actions.confirm_identity(identity=identity, verified_by="oidc", by=Self(account), at=now())
