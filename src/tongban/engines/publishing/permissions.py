"""Who may do what with articles, columns and the media library, and how far it reaches.

For articles ``UNIT`` means the columns a unit answers for (and all columns of a site it runs), ``PARTY`` what the unit
itself drafted or submitted, ``SUBTREE`` both, ``REGION`` what units of the region submitted.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.publishing.models import Article, Column, MediaItem, Site
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.paths import under
from tongban.foundation.organizations.permissions import Permission, register, register_policy
from tongban.foundation.organizations.roles import Role, Scope

VIEW = Permission(
    "publishing.view",
    _("查看稿件"),
    {
        Role.INFORMATION_OFFICER: Scope.PARTY,
        Role.COLUMN_EDITOR: Scope.SUBTREE,
        Role.COLUMN_REVIEWER: Scope.SUBTREE,
        Role.COLUMN_PUBLISHER: Scope.SUBTREE,
        Role.UNIT_HEAD: Scope.PARTY,
        Role.SUPERVISOR: Scope.REGION,
    },
)
DRAFT = Permission(
    "publishing.draft",
    _("起草和报送稿件"),
    {
        Role.INFORMATION_OFFICER: Scope.PARTY,
        Role.COLUMN_EDITOR: Scope.PARTY,
        Role.COLUMN_REVIEWER: Scope.PARTY,
        Role.COLUMN_PUBLISHER: Scope.PARTY,
    },
)
EDIT = Permission("publishing.edit", _("采用和编辑稿件"), {Role.COLUMN_EDITOR: Scope.UNIT})
REVIEW = Permission("publishing.review", _("审核稿件"), {Role.COLUMN_REVIEWER: Scope.UNIT}, system=False)
PUBLISH = Permission("publishing.publish", _("发布、共享和撤回"), {Role.COLUMN_PUBLISHER: Scope.UNIT})
ARRANGE = Permission(
    "publishing.arrange",
    _("置顶和隐藏"),
    {Role.COLUMN_EDITOR: Scope.UNIT, Role.COLUMN_PUBLISHER: Scope.UNIT},
)
MEDIA = Permission(
    "publishing.media",
    _("管理媒体资料"),
    {
        Role.INFORMATION_OFFICER: Scope.UNIT,
        Role.COLUMN_EDITOR: Scope.UNIT,
        Role.COLUMN_REVIEWER: Scope.UNIT,
        Role.COLUMN_PUBLISHER: Scope.UNIT,
    },
)
WORDS = Permission(
    "publishing.words", _("维护检查词表"), {Role.COLUMN_REVIEWER: Scope.ANY, Role.COLUMN_PUBLISHER: Scope.ANY}
)
VISITS = Permission(
    "publishing.visits",
    _("查看访问统计"),
    {
        Role.COLUMN_EDITOR: Scope.UNIT,
        Role.COLUMN_REVIEWER: Scope.UNIT,
        Role.COLUMN_PUBLISHER: Scope.UNIT,
        Role.UNIT_HEAD: Scope.UNIT,
        Role.SUPERVISOR: Scope.REGION,
    },
)


def article_filter(actor: Actor, scope: Scope) -> Q:
    """Return which articles a scope holds for an actor."""
    unit = actor.unit
    if unit is None:
        return Q(pk__in=[])
    duty = Q(column__unit=unit) | Q(column__site__unit=unit)
    own = Q(unit=unit)
    filters = {
        Scope.UNIT: duty,
        Scope.PARTY: own,
        Scope.SUBTREE: duty | own,
        Scope.REGION: under("unit__region_path", unit.region_path),
    }
    return filters.get(scope, Q(pk__in=[]))


def article_test(actor: Actor, scope: Scope, row: Article) -> bool | None:
    """Say the same of an article whose column and site are at hand."""
    unit = actor.unit
    if unit is None:
        return False
    duty = unit.pk in (row.column.unit_id, row.column.site.unit_id)
    own = row.unit_id == unit.pk
    return {Scope.UNIT: duty, Scope.PARTY: own, Scope.SUBTREE: duty or own}.get(scope)


def column_filter(actor: Actor, scope: Scope) -> Q:
    """Return which columns a scope holds: those the unit answers for, and all of a site it runs."""
    unit = actor.unit
    if unit is None or scope not in (Scope.UNIT, Scope.SUBTREE):
        return Q(pk__in=[])
    return Q(unit=unit) | Q(site__unit=unit)


def column_test(actor: Actor, scope: Scope, row: Column) -> bool | None:
    """Say the same of a column whose site is at hand."""
    unit = actor.unit
    return bool(unit and scope in (Scope.UNIT, Scope.SUBTREE) and unit.pk in (row.unit_id, row.site.unit_id))


def media_filter(actor: Actor, scope: Scope) -> Q:
    """Return which media a unit may change: its own."""
    return Q(unit=actor.unit) if actor.unit and scope is Scope.UNIT else Q(pk__in=[])


def site_filter(actor: Actor, scope: Scope) -> Q:
    """Return which sites a scope holds: those the unit runs, or those of its region."""
    unit = actor.unit
    if unit is None:
        return Q(pk__in=[])
    filters = {Scope.UNIT: Q(unit=unit), Scope.REGION: under("region__path", unit.region_path)}
    return filters.get(scope, Q(pk__in=[]))


def declare() -> None:
    """Register permissions and policies."""
    register(VIEW, DRAFT, EDIT, REVIEW, PUBLISH, ARRANGE, MEDIA, WORDS, VISITS)
    register_policy(Site, site_filter)
    register_policy(Article, article_filter, row_test=article_test)
    register_policy(Column, column_filter, row_test=column_test)
    register_policy(MediaItem, media_filter)
