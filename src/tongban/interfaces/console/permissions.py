"""What the administrators may read here; what they may change is declared beside the actions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.foundation.organizations.permissions import Permission, register
from tongban.foundation.organizations.roles import Role, Scope

READ_AUDIT = Permission("audit.read", _("查阅审计记录"), {Role.AUDIT_ADMIN: Scope.ANY}, system=False)
VERIFY_AUDIT = Permission("audit.verify", _("核验审计记录"), {Role.AUDIT_ADMIN: Scope.ANY}, system=False)
ROLES = Permission("roles.view", _("查看角色和权限"), {Role.SECURITY_ADMIN: Scope.ANY}, system=False)
SYSTEM = Permission("system.view", _("查看外部接口"), {Role.SYSTEM_ADMIN: Scope.ANY}, system=False)
CALENDARS = Permission(
    "calendars.view",
    _("查看工作日历"),
    {Role.SYSTEM_ADMIN: Scope.ANY, Role.SECURITY_ADMIN: Scope.ANY},
    system=False,
)
ENTER_CALENDAR = Permission("calendars.enter", _("录入工作日安排"), {Role.SYSTEM_ADMIN: Scope.ANY}, system=False)
CONFIRM_CALENDAR = Permission(
    "calendars.confirm",
    _("确认工作日安排"),
    {Role.SYSTEM_ADMIN: Scope.ANY, Role.SECURITY_ADMIN: Scope.ANY},
    system=False,
)


def declare() -> None:
    """Register the permissions."""
    register(READ_AUDIT, VERIFY_AUDIT, ROLES, SYSTEM, CALENDARS, ENTER_CALENDAR, CONFIRM_CALENDAR)
