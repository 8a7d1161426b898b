"""Reads over regions, units and postings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import delegations
from tongban.foundation.organizations.models import Posting, Unit

if TYPE_CHECKING:
    import datetime as dt


def valid_postings(account: Account, *, on: dt.date) -> QuerySet[Posting]:
    """Return the postings a person holds on a day, with their units and regions."""
    return (
        Posting.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), account=account, valid_from__lte=on)
        .filter(ended_at__isnull=True)
        .filter(Q(proposed_by__isnull=True) | Q(confirmed_by__isnull=False))
        .select_related("unit", "unit__region")
        .order_by("pk")
    )


def held_principals(account: Account, *, on: dt.date) -> dict[int, Account]:
    """Return the accounts this account may act for on a day by delegation, by id."""
    return {row.principal_id: row.principal for row in delegations(account, on=on)}


def proposals() -> QuerySet[Posting]:
    """Return the postings that wait for a second person, oldest first."""
    return (
        Posting.objects.filter(proposed_by__isnull=False, confirmed_by__isnull=True, ended_at__isnull=True)
        .select_related("account", "unit", "proposed_by")
        .order_by("proposed_at", "pk")
    )


def postings_in_force(*, on: dt.date) -> QuerySet[Posting]:
    """Return every posting valid on a day or beginning later, newest first."""
    return (
        Posting.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), ended_at__isnull=True)
        .filter(Q(proposed_by__isnull=True) | Q(confirmed_by__isnull=False))
        .select_related("account", "unit")
        .order_by("-pk")
    )


def holders(unit: Unit, role: str, *, on: dt.date) -> QuerySet[Account]:
    """Return the active accounts that hold a role in a unit on a day, by name."""
    rows = postings_in_force(on=on).filter(unit=unit, role=role, valid_from__lte=on)
    return Account.objects.filter(pk__in=rows.order_by().values("account_id"), is_active=True).order_by("display_name")
