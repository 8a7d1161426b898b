"""Who sees what inspection found, who may accept an explanation, and who publishes the table of submissions."""

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

LEAGUE = Permission(
    "league.publish",
    _("编制和发布报送采用通报"),
    {Role.COLUMN_EDITOR: Scope.UNIT, Role.COLUMN_PUBLISHER: Scope.UNIT},
)


def declare() -> None:
    """Register permissions and policies."""
    register(INSPECTION, EXCUSE, LEAGUE)
    register_policy(Finding, unit_scope_filter("unit"))
