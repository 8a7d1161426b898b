"""Every address says who may come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tongban.foundation.organizations.guards import OFFICIAL, PUBLIC, SIGNED_IN
from tongban.foundation.organizations.permissions import all_permissions

THIRD_PARTY = {
    # django-allauth guards its own pages; these are the modules it serves them from.
    "allauth.account.views",
    "allauth.mfa.base.views",
    "allauth.mfa.totp.views",
    "allauth.mfa.recovery_codes.views",
    "allauth.mfa.webauthn.views",
    "allauth.socialaccount.views",
    "allauth.socialaccount.providers.openid_connect.views",
}


def endpoints(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every address with its view."""
    for item in (resolver or get_resolver()).url_patterns:
        address = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from endpoints(item, address)
        elif isinstance(item, URLPattern):
            yield address, item.callback


def test_every_endpoint_declares_who_may_come_in() -> None:
    undeclared = [
        f"/{address} ({view.__module__}.{getattr(view, '__qualname__', view)})"
        for address, view in endpoints()
        if view.__module__ not in THIRD_PARTY and not getattr(view, "permission_code", None)
    ]
    assert not undeclared


def test_every_declared_permission_is_registered() -> None:
    known = {PUBLIC, SIGNED_IN, OFFICIAL} | set(all_permissions())
    unknown = {
        f"/{address}: {code}"
        for address, view in endpoints()
        if (code := getattr(view, "permission_code", None)) and code not in known
    }
    assert not unknown
