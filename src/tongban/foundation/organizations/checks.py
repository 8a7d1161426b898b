"""System checks: nothing in the installation may make anyone a superuser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Critical, register

FORBIDDEN_FIELDS = ("is_superuser", "is_staff", "user_permissions", "groups")
ALLOWED_BACKENDS = frozenset({"allauth.account.auth_backends.AuthenticationBackend"})


@register()
def no_superuser(app_configs: Any = None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """Refuse a superuser notion: fields of the account, the admin site, or a back end that grants permissions.

    Such a way round the three administrators is a failure everywhere, so that it can never reach production.
    """
    found: list[CheckMessage] = []
    names = {field.name for field in get_user_model()._meta.get_fields()}  # noqa: SLF001
    for name in FORBIDDEN_FIELDS:
        if name in names or hasattr(get_user_model(), name):
            text = f"the account model has {name}; permissions come from postings only"
            found.append(Critical(text, hint="Remove the field or the mixin.", id="organizations.C001"))
    if apps.is_installed("django.contrib.admin"):
        text = "django.contrib.admin is installed; it knows a superuser and bypasses actions and the audit record"
        found.append(
            Critical(text, hint="Remove it; the console has the administrators' pages.", id="organizations.C002")
        )
    found.extend(
        Critical(
            f"the authentication back end {backend} may grant permissions of its own",
            hint="Keep to django-allauth's back end.",
            id="organizations.C003",
        )
        for backend in settings.AUTHENTICATION_BACKENDS
        if backend not in ALLOWED_BACKENDS
    )
    return found
