"""Reads over accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from psycopg.types.numeric import Int8

from tongban.foundation.accounts.fields import digest
from tongban.foundation.accounts.models import Account, Delegation, Identity, Reveal, SignIn, SignInGuard
from tongban.foundation.rows.statements import load
from tongban.foundation.text import mask

Export = Callable[[Account], Any]
_exports: dict[str, Export] = {}


def identity_of(account: Account) -> Identity | None:
    """Return what is known of who stands behind an account."""
    return identity_by_account(account.pk)


def identity_by_account(key: int) -> Identity | None:
    """Return what is known of who stands behind the account with a key."""
    return next(iter(load(Identity, "account_id = %s", Int8(key))), None)


@dataclass(frozen=True, slots=True)
class Masked:
    """What of an identity may stand on a page: the rest is hidden."""

    name: str
    number: str
    phone: str
    address: str
    legal_representative: str


def masked(identity: Identity) -> Masked:
    """Return the values of an identity with their middles hidden; a firm's name and code are public."""
    firm = identity.kind == Identity.Kind.ORGANIZATION
    return Masked(
        name=identity.name if firm else mask.name(identity.name),
        number=identity.number if firm else mask.citizen_number(identity.number),
        phone=mask.phone(identity.phone),
        address=mask.address(identity.address),
        legal_representative=mask.name(identity.legal_representative),
    )


def delegations(account: Account, *, on: dt.date) -> QuerySet[Delegation]:
    """Return the delegations in force on a day by which an account may act for another."""
    return (
        Delegation.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            Q(ended_on__isnull=True) | Q(ended_on__gt=on),
            agent=account,
            valid_from__lte=on,
            principal__is_active=True,
        )
        .select_related("principal")
        .order_by("pk")
    )


def given(account: Account) -> QuerySet[Delegation]:
    """Return the delegations an account has given, newest first."""
    return Delegation.objects.filter(principal=account).select_related("agent").order_by("-pk")


def sign_ins(account: Account) -> QuerySet[SignIn]:
    """Return the attempts to sign in to an account, newest first."""
    return SignIn.objects.filter(account=account).order_by("-at")


def reveals(account: Account) -> QuerySet[Reveal]:
    """Return who was shown which masked value of a person, newest first."""
    return Reveal.objects.filter(account=account).select_related("by").order_by("-at")


def locked_names(at: dt.datetime) -> QuerySet[SignInGuard]:
    """Return the sign-in names locked at a moment."""
    return (
        SignInGuard.objects.filter(subject=SignInGuard.Subject.NAME, locked_until__gt=at)
        .select_related("account")
        .order_by("locked_until")
    )


def address_locked(address: str, at: dt.datetime) -> bool:
    """Tell whether an address is locked at a moment."""
    subject = SignInGuard.Subject.ADDRESS
    return SignInGuard.objects.filter(subject=subject, digest=digest(address), locked_until__gt=at).exists()


def register_export(name: str, export: Export) -> None:
    """Declare what else is held of a person, for the copy they may ask for (PIPL Art. 45): a JSON value."""
    _exports[name] = export


def own_data(account: Account) -> dict[str, Any]:
    """Return everything held of a person as JSON values, in full."""
    identity = identity_of(account)
    return {
        "account": {
            "username": account.username,
            "kind": account.kind,
            "display_name": account.display_name,
            "email": account.email,
            "joined_at": account.joined_at.isoformat(),
        },
        "identity": _identity(identity) if identity else None,
        "delegations_given": [_delegation(row, row.agent) for row in given(account)],
        "delegations_held": [
            _delegation(row, row.principal)
            for row in Delegation.objects.filter(agent=account).select_related("principal").order_by("pk")
        ],
        "sign_ins": [
            {"at": row.at.isoformat(), "outcome": row.outcome, "method": row.method, "address": row.address}
            for row in sign_ins(account)[:1000]
        ],
        "who_looked": [
            {"at": row.at.isoformat(), "field": row.field, "reason": row.reason, "about": row.about, "by": row.by_key}
            for row in reveals(account)[:1000]
        ],
        **{name: export(account) for name, export in sorted(_exports.items())},
    }


def _identity(identity: Identity) -> dict[str, Any]:
    names = ("kind", "name", "number", "phone", "address", "legal_representative", "verified_by")
    verified = identity.verified_at.isoformat() if identity.verified_at else None
    return {**{name: getattr(identity, name) for name in names}, "verified_at": verified}


def _delegation(row: Delegation, other: Account) -> dict[str, Any]:
    ends = (row.valid_to, row.ended_on)
    return {
        "with": other.display_name,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": ends[0].isoformat() if ends[0] else None,
        "ended_on": ends[1].isoformat() if ends[1] else None,
    }
