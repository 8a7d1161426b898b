"""Reads over regions, units and postings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from tongban.foundation.accounts.models import Account
from tongban.foundation.accounts.queries import delegations
from tongban.foundation.organizations.models import Posting

if TYPE_CHECKING:
    import datetime as dt


def valid_postings(account: Account, *, on: dt.date) -> QuerySet[Posting]:
    """Return the postings a person holds on a day, with their units and regions."""
    return (
        Posting.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), account=account, valid_from__lte=on)
        .filter(Q(proposed_by__isnull=True) | Q(confirmed_by__isnull=False))
        .select_related("unit", "unit__region")
        .order_by("pk")
    )


def held_principals(account: Account, *, on: dt.date) -> dict[int, Account]:
    """Return the accounts this account may act for on a day by delegation, by id."""
    return {row.principal_id: row.principal for row in delegations(account, on=on)}
