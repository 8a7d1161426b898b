"""The registry of permissions and the one door to scoped rows.

A permission is declared beside the action it guards. A policy per model turns an actor and a scope into a filter;
the same filter decides about one object (``allows``) and narrows a list (``visible``). There is no superuser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from tongban.foundation.organizations.roles import Role, Scope

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from tongban.foundation.organizations.actor import Actor

M = TypeVar("M", bound=Model)
ScopeFilter = Callable[["Actor", Scope], Q]
RowTest = Callable[["Actor", Scope, Any], bool | None]


class NotAllowedError(Exception):
    """The actor may not do this."""

    def __init__(self, permission: str, reason: str = "") -> None:
        """Say which permission was missing."""
        self.permission = permission
        self.reason = reason or _("您没有办理此项的权限。")
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be done, and how far it reaches for each role.

    ``citizen`` is the scope of a signed-in person without posting (usually ``APPLICANT`` or none); ``system`` lets
    background jobs act.
    """

    code: str
    title: str | _StrPromise
    roles: Mapping[Role, Scope]
    citizen: Scope | None = None
    system: bool = True


_permissions: dict[str, Permission] = {}
_policies: dict[type[Model], ScopeFilter] = {}
_row_tests: dict[type[Model], RowTest] = {}


def register(*permissions: Permission) -> None:
    """Declare permissions.

    :raises ValueError: if a code is declared twice with different content
    """
    for permission in permissions:
        known = _permissions.get(permission.code)
        if known is not None and known is not permission:
            msg = f"permission {permission.code} is declared twice"
            raise ValueError(msg)
        _permissions[permission.code] = permission


def register_policy(model: type[Model], scope_filter: ScopeFilter, *, row_test: RowTest | None = None) -> None:
    """Declare how a scope filters the rows of a model; the filter returns ``Q`` (``Q(pk__in=[])`` for none).

    :param row_test: says of one row at hand what the filter says of it, or ``None`` where only the database can tell
    """
    _policies[model] = scope_filter
    if row_test is not None:
        _row_tests[model] = row_test


def permission(code: str) -> Permission:
    """Return a declared permission.

    :raises KeyError: if nothing declares it
    """
    return _permissions[code]


def all_permissions() -> Mapping[str, Permission]:
    """Return every declared permission by code."""
    return dict(_permissions)


def scopes(actor: Actor, code: str) -> frozenset[Scope]:
    """Return the scopes in which an actor holds a permission; empty means not at all."""
    declared = permission(code)
    if actor.system:
        return frozenset({Scope.ANY}) if declared.system else frozenset()
    found = {declared.roles[role] for role in actor.roles if role in declared.roles}
    if declared.citizen is not None and actor.is_signed_in:
        found.add(declared.citizen)
    return frozenset(found)


def visible(actor: Actor, code: str, rows: QuerySet[M]) -> QuerySet[M]:
    """Narrow rows to those the actor may touch with a permission."""
    held = scopes(actor, code)
    if not held:
        return rows.none()
    if Scope.ANY in held:
        return rows
    narrowed = Q(pk__in=[])
    for scope in sorted(held):
        narrowed |= _policies[rows.model](actor, scope)
    return rows.filter(narrowed)


def allows(actor: Actor, code: str, obj: Model | None = None) -> bool:
    """Tell whether the actor holds a permission, on one object if given."""
    if obj is None:
        return bool(scopes(actor, code))
    manager: Any = type(obj)._base_manager  # noqa: SLF001
    return visible(actor, code, manager.filter(pk=obj.pk)).exists()


def allows_row(actor: Actor, code: str, row: Model) -> bool:
    """Tell the same as :func:`allows` of a row just read (and locked), without asking the database where it can."""
    held = scopes(actor, code)
    test = _row_tests.get(type(row))
    answers = {test(actor, scope, row) if test is not None else None for scope in held}
    if Scope.ANY in held or True in answers:
        return True
    return None in answers and allows(actor, code, row)


def require(actor: Actor, code: str, obj: Model | None = None) -> None:
    """Let pass or refuse.

    :raises NotAllowedError: if the actor does not hold the permission (on the object)
    """
    if not allows(actor, code, obj):
        raise NotAllowedError(code)
