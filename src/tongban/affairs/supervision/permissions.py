"""Who may watch the cases of others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.foundation.organizations.permissions import Permission, register
from tongban.foundation.organizations.roles import Role, Scope

VIEW = Permission(
    "supervision.view",
    _("监察办件"),
    {Role.SUPERVISOR: Scope.REGION, Role.UNIT_HEAD: Scope.SUBTREE},
)


def declare() -> None:
    """Register the permission; its scopes filter cases through the policy of the case engine."""
    register(VIEW)
