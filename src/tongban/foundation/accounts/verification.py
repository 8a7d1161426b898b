"""The seam to a real-name service: who vouches that a number belongs to a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tongban.foundation.accounts.models import Identity


@dataclass(frozen=True, slots=True)
class Claim:
    """What a person says of themselves or of their firm."""

    kind: Identity.Kind
    name: str
    number: str
    phone: str = ""
    legal_representative: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the service answered: ``verified`` true, false, or ``None`` if no service looked at it."""

    verified: bool | None
    by: str = ""


Service = Callable[[Claim], Verdict]

_services: dict[str, Service] = {}


def register_service(name: str, service: Service) -> None:
    """Declare a real-name service that the option ``real_name_service`` may choose."""
    _services[name] = service


Told = Callable[[Identity, dt.datetime], None]

_told: dict[str, Told] = {}


def register_told(name: str, told: Told) -> None:
    """Declare who wants to know, in the same transaction, that someone now vouches for an identity."""
    _told[name] = told


def tell_verified(identity: Identity, at: dt.datetime) -> None:
    """Tell all who want to know that an identity is vouched for."""
    for _name, told in sorted(_told.items()):
        told(identity, at)


def verify(claim: Claim, *, service: str) -> Verdict:
    """Ask a service.

    :raises KeyError: if no such service is declared
    """
    return _services[service](claim)


def nobody(_claim: Claim) -> Verdict:
    """Look at nothing: the claim stays the person's own until a window or an identity provider vouches for it."""
    return Verdict(None)


def demonstration(_claim: Claim) -> Verdict:
    """Believe everyone; only for demonstrations with invented people."""
    return Verdict(verified=True, by="demonstration")


register_service("none", nobody)
register_service("demonstration", demonstration)
