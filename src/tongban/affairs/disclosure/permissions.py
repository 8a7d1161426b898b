"""Who sees what inspection found, and who may accept an explanation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.affairs.disclosure.models import Finding
from tongban.foundation.organizations.permissions import Permission, register, register_policy
from tongban.foundation.organizations.roles import Role, Scope
from tongban.foundation.organizations.scoping import unit_scope_filter

INSPECTION = Permission(
    "inspection.view",
    _("查看网站检查结果"),
    {
        Role.INFORMATION_OFFICER: Scope.UNIT,
        Role.COLUMN_EDITOR: Scope.SUBTREE,
        Role.COLUMN_REVIEWER: Scope.SUBTREE,
        Role.COLUMN_PUBLISHER: Scope.REGION,
        Role.UNIT_HEAD: Scope.SUBTREE,
        Role.SUPERVISOR: Scope.REGION,
    },
)
EXCUSE = Permission("inspection.excuse", _("采纳检查问题的说明"), {Role.SUPERVISOR: Scope.REGION}, system=False)


def declare() -> None:
    """Register permissions and policies."""
    register(INSPECTION, EXCUSE)
    register_policy(Finding, unit_scope_filter("unit"))
