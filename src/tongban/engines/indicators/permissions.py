"""Who may see scores, object to points, decide objections, enter points by hand, and publish bulletins.

A unit's points are seen in the unit, by its head with the units below, and by the supervisor of the region. A person's
are seen by the person, the head of the unit and the supervisor, and by nobody else.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.indicators.models import Bulletin, BulletinDelivery, Objection, PointEntry, Standing
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import Permission, register, register_policy
from tongban.foundation.organizations.roles import ADMINISTRATORS, Role, Scope
from tongban.foundation.organizations.scoping import unit_scope_filter

OFFICERS = tuple(role for role in Role if role not in ADMINISTRATORS)
"""Every role that handles affairs."""

VIEW = Permission(
    "scores.view",
    _("查看单位得分"),
    {**dict.fromkeys(OFFICERS, Scope.UNIT), Role.UNIT_HEAD: Scope.SUBTREE, Role.SUPERVISOR: Scope.REGION},
)
PERSON = Permission(
    "scores.person",
    _("查看个人得分"),
    {**dict.fromkeys(OFFICERS, Scope.SELF), Role.UNIT_HEAD: Scope.UNIT, Role.SUPERVISOR: Scope.REGION},
)
OBJECT = Permission("scores.object", _("为单位提出申诉"), {Role.UNIT_HEAD: Scope.UNIT}, system=False)
OBJECT_SELF = Permission("scores.object_self", _("为本人提出申诉"), dict.fromkeys(OFFICERS, Scope.SELF), system=False)
OBJECTIONS = Permission(
    "scores.objections",
    _("查看申诉"),
    {**dict.fromkeys(OFFICERS, Scope.SELF), Role.UNIT_HEAD: Scope.UNIT, Role.SUPERVISOR: Scope.REGION},
)
DECIDE = Permission("scores.decide", _("决定申诉"), {Role.SUPERVISOR: Scope.REGION}, system=False)
ENTER = Permission("scores.enter", _("手工记分"), {Role.SUPERVISOR: Scope.REGION}, system=False)
PUBLISH = Permission("scores.publish", _("发布通报"), {Role.SUPERVISOR: Scope.UNIT})
BULLETINS = Permission(
    "scores.bulletins",
    _("查看通报"),
    {**dict.fromkeys(OFFICERS, Scope.PARTY), Role.SUPERVISOR: Scope.REGION},
)


def _bulletin_filter(actor: Actor, scope: Scope) -> Q:
    """Return which bulletins a scope holds: those on the region a unit lies in, or issued by a unit of the region."""
    unit = actor.unit
    if unit is None:
        return Q(pk__in=[])
    above = [code for code in unit.region_path.strip("/").split("/") if code]
    issued_above = Q(unit__region__code__in=above)
    if scope is Scope.PARTY:
        return issued_above
    if scope is Scope.REGION:
        return issued_above | unit_scope_filter("unit")(actor, scope)
    return Q(unit=unit.pk) if scope is Scope.UNIT else Q(pk__in=[])


def declare() -> None:
    """Register permissions and policies."""
    register(VIEW, PERSON, OBJECT, OBJECT_SELF, OBJECTIONS, DECIDE, ENTER, PUBLISH, BULLETINS)
    register_policy(Standing, unit_scope_filter("unit", own="account"))
    register_policy(PointEntry, unit_scope_filter("unit", own="account"))
    register_policy(Objection, unit_scope_filter("unit", own="filed_by"))
    register_policy(Bulletin, _bulletin_filter)
    register_policy(BulletinDelivery, unit_scope_filter("unit", own="account"))
