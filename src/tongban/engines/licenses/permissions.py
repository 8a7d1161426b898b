"""Who may do what with licenses, and how far it reaches."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.licenses.models import License
from tongban.foundation.accounts.models import Identity
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.paths import under
from tongban.foundation.organizations.permissions import Permission, register, register_policy
from tongban.foundation.organizations.roles import Role, Scope

VIEW = Permission(
    "licenses.view",
    _("查看电子证照"),
    {
        Role.WINDOW_CLERK: Scope.UNIT,
        Role.REVIEWER: Scope.UNIT,
        Role.SURVEYOR: Scope.UNIT,
        Role.APPROVER: Scope.UNIT,
        Role.UNIT_HEAD: Scope.SUBTREE,
        Role.JOINT_COORDINATOR: Scope.UNIT,
        Role.SUPERVISOR: Scope.REGION,
    },
    citizen=Scope.APPLICANT,
)
ISSUE = Permission(
    "licenses.issue",
    _("颁发电子证照"),
    {Role.APPROVER: Scope.UNIT, Role.UNIT_HEAD: Scope.UNIT, Role.REVIEWER: Scope.UNIT, Role.WINDOW_CLERK: Scope.UNIT},
)
CHANGE = Permission(
    "licenses.change",
    _("暂停、恢复、吊销、注销电子证照"),
    {Role.APPROVER: Scope.UNIT, Role.UNIT_HEAD: Scope.UNIT},
)


def scope_filter(actor: Actor, scope: Scope) -> Q:
    """Return which licenses a scope holds for an actor."""
    unit = actor.unit
    if scope is Scope.APPLICANT:
        known = Identity.objects.filter(account_id__in=actor.principals, verified_at__isnull=False)
        digests = known.values("number_digest")
        return Q(holder_digest__in=digests)
    if unit is None:
        return Q(pk__in=[])
    filters = {
        Scope.UNIT: Q(unit=unit),
        Scope.SUBTREE: under("unit__path", unit.path),
        Scope.LINE: Q(unit__line=unit.line) & under("region_path", unit.region_path),
        Scope.REGION: under("region_path", unit.region_path),
    }
    return filters.get(scope, Q(pk__in=[]))


def declare() -> None:
    """Register permissions and policy."""
    register(VIEW, ISSUE, CHANGE)
    register_policy(License, scope_filter)
