"""Who may do what with surveys and interviews.

``UNIT`` means the columns a unit answers for (and all columns of a site it runs), ``PARTY`` what the unit itself holds,
``SUBTREE`` both; as for articles.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.affairs.surveys.models import Interview, Survey
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.permissions import Permission, register, register_policy
from tongban.foundation.organizations.roles import Role, Scope

VIEW = Permission(
    "surveys.view",
    _("查看征集调查和访谈"),
    {
        Role.INFORMATION_OFFICER: Scope.PARTY,
        Role.COLUMN_EDITOR: Scope.SUBTREE,
        Role.COLUMN_REVIEWER: Scope.SUBTREE,
        Role.COLUMN_PUBLISHER: Scope.SUBTREE,
        Role.UNIT_HEAD: Scope.PARTY,
    },
)
EDIT = Permission("surveys.edit", _("编制征集调查和访谈"), {Role.COLUMN_EDITOR: Scope.UNIT})
REVIEW = Permission("surveys.review", _("审核征集调查和访谈"), {Role.COLUMN_REVIEWER: Scope.UNIT}, system=False)
PUBLISH = Permission("surveys.publish", _("发布和撤回征集调查和访谈"), {Role.COLUMN_PUBLISHER: Scope.UNIT})
EXPORT = Permission(
    "surveys.export",
    _("导出答卷"),
    {Role.COLUMN_EDITOR: Scope.SUBTREE, Role.COLUMN_PUBLISHER: Scope.SUBTREE, Role.UNIT_HEAD: Scope.PARTY},
)


def scope_filter(actor: Actor, scope: Scope) -> Q:
    """Return which surveys or interviews a scope holds for an actor."""
    unit = actor.unit
    if unit is None:
        return Q(pk__in=[])
    duty = Q(column__unit=unit) | Q(column__site__unit=unit)
    own = Q(unit=unit)
    return {Scope.UNIT: duty, Scope.PARTY: own, Scope.SUBTREE: duty | own}.get(scope, Q(pk__in=[]))


def declare() -> None:
    """Register permissions and policies."""
    register(VIEW, EDIT, REVIEW, PUBLISH, EXPORT)
    register_policy(Survey, scope_filter)
    register_policy(Interview, scope_filter)
