"""The queryset door: rows that belong to units are read for an actor, or with a reason why not.

``Model.objects.for_actor(actor, code)`` narrows to what a permission lets someone see. ``unscoped(reason="…")`` says why
a read needs no actor, such as a job's. While :func:`scopes_enforced` is on (tests switch it on around requests), reading
rows of a scoped model in any other way raises, so that a forgotten filter is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Q, QuerySet

from tongban.foundation.organizations.paths import under
from tongban.foundation.organizations.permissions import ScopeFilter, visible
from tongban.foundation.organizations.roles import Scope

if TYPE_CHECKING:
    from tongban.foundation.organizations.actor import Actor

M = TypeVar("M", bound=models.Model)

_enforced: ContextVar[bool] = ContextVar("scopes_enforced", default=False)
NOBODY = Q(pk__in=[])


class UnscopedReadError(RuntimeError):
    """Rows of a scoped model were read without an actor and without a reason."""


@contextmanager
def scopes_enforced(*, on: bool = True) -> Iterator[None]:
    """Refuse reads that went round the door while the block runs."""
    token = _enforced.set(on)
    try:
        yield
    finally:
        _enforced.reset(token)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows whether it came through the door."""

    _scoped_by: str = ""

    def for_actor(self, actor: Actor, code: str) -> Self:
        """Narrow to the rows an actor may touch with a permission."""
        narrowed: Self = visible(actor, code, self)  # type: ignore[assignment]
        narrowed._scoped_by = code
        return narrowed

    def unscoped(self, *, reason: str) -> Self:
        """Read without an actor, and say why.

        :raises ValueError: if no reason is given
        """
        if not reason.strip():
            msg = "an unscoped read needs a reason"
            raise ValueError(msg)
        rows: Self = self._chain()  # type: ignore[attr-defined]
        rows._scoped_by = f"unscoped: {reason}"  # noqa: SLF001
        return rows

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._scoped_by = self._scoped_by
        return clone

    def _through_door(self) -> bool:
        """Tell whether this came through the door, or from the relation of a row that did."""
        return bool(self._scoped_by) or "instance" in self._hints or self.query.is_empty()  # type: ignore[attr-defined]

    def _check(self) -> None:
        if _enforced.get() and not self._through_door():
            msg = f"{self.model.__name__} rows were read without an actor: use for_actor(…) or unscoped(reason=…)"
            raise UnscopedReadError(msg)

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._check()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """Read row by row."""
        self._check()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """Count the rows."""
        if self._result_cache is None:
            self._check()
        return super().count()

    def exists(self) -> bool:
        """Tell whether there is a row."""
        if self._result_cache is None:
            self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregate over the rows."""
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Change the rows."""
        self._check()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows."""
        self._check()
        return super().delete()


class ScopedManager(models.Manager[M]):
    """The default manager of a model whose rows belong to units."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        """Return rows that have not come through the door yet."""
        return ScopedQuerySet(self.model, using=self._db, hints=self._hints)  # type: ignore[attr-defined]

    def for_actor(self, actor: Actor, code: str) -> ScopedQuerySet[M]:
        """Return the rows an actor may touch with a permission."""
        return self.get_queryset().for_actor(actor, code)

    def unscoped(self, *, reason: str) -> ScopedQuerySet[M]:
        """Return all rows, saying why."""
        return self.get_queryset().unscoped(reason=reason)


def count_together(sets: Sequence[QuerySet[Any]]) -> list[int]:
    """Count several sets of rows in one statement.

    :raises UnscopedReadError: if rows of units did not come through the door
    """
    parts: list[str] = []
    values: list[Any] = []
    for rows in sets:
        if isinstance(rows, ScopedQuerySet):
            rows._check()  # noqa: SLF001 - the same door as for reading
        try:
            sql, given = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS rows)")  # noqa: S608 - made by Django, values are bound
        values.extend(given)
    if not values:
        return [0] * len(parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)  # noqa: S608 - made by Django, values are bound
        found: tuple[int, ...] = cursor.fetchone()
    return list(found)


def unit_scope_filter(
    prefix: str = "unit",
    *,
    region_path: str | None = None,
    own: str | None = None,
    applicant: str | None = None,
    party: Callable[[Actor], Q] | None = None,
) -> ScopeFilter:
    """Return the policy of a model whose rows belong to a unit.

    :param prefix: the look-up of the unit, empty for :class:`Unit` itself
    :param region_path: the look-up of a denormalized :class:`PathField`, by default that of the unit
    :param own: the look-up of the account that handles a row (``SELF``)
    :param applicant: the look-up of the account a row was applied for (``APPLICANT``)
    :param party: gives the filter for rows in which the actor's unit takes part (``PARTY``)
    """
    lead = f"{prefix}__" if prefix else ""
    region = region_path or f"{lead}region_path"

    def scope_filter(actor: Actor, scope: Scope) -> Q:
        if scope is Scope.ANY:
            return ~NOBODY
        if scope is Scope.SELF:
            return Q(**{own: actor.account.pk}) if own and actor.account else NOBODY
        if scope is Scope.APPLICANT:
            return Q(**{f"{applicant}__in": actor.principals}) if applicant and actor.principals else NOBODY
        unit = actor.unit
        if unit is None:
            return NOBODY
        if scope is Scope.UNIT:
            return Q(**{prefix or "pk": unit.pk})
        if scope is Scope.SUBTREE:
            return under(f"{lead}path", unit.path)
        if scope is Scope.LINE:
            return Q(**{f"{lead}line": unit.line}) & under(region, unit.region_path)
        if scope is Scope.REGION:
            return under(region, unit.region_path)
        return party(actor) if party else NOBODY

    return scope_filter
