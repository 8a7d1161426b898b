"""What the workbench itself guards. An applicant who happens to be an official opens no case through the desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.permissions import HANDLERS
from tongban.foundation.organizations.permissions import Permission, register
from tongban.foundation.organizations.roles import Role, Scope

CASE = Permission(
    "desk.case",
    _("打开办件页"),
    {**dict.fromkeys(HANDLERS, Scope.PARTY), Role.UNIT_HEAD: Scope.SUBTREE, Role.SUPERVISOR: Scope.REGION},
    system=False,
)
REVEAL = Permission(
    "desk.reveal",
    _("查看完整个人信息"),
    dict.fromkeys(HANDLERS, Scope.PARTY),
    system=False,
)


def declare() -> None:
    """Register the permissions; the scopes filter through the policy of the case engine."""
    register(CASE, REVEAL)
