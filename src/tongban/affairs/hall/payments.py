"""Paying online: the seam to a provider, and the demonstration's own that moves no money."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid. ``number`` is ours and stays the same however often one tries; ``amount`` is in fen."""

    number: str
    amount: int
    subject: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """That an order was paid: the provider's reference and moment."""

    reference: str
    at: dt.datetime


class PaymentProvider(Protocol):
    """A channel for government payments. Nothing is believed but what :meth:`confirm` says."""

    demonstration: bool

    def begin(self, order: Order) -> str:
        """Return the provider's address to send the payer to; empty if there is nothing to do outside."""

    def confirm(self, order: Order, *, at: dt.datetime) -> Receipt | None:
        """Return the receipt if the whole amount was paid, else None."""

    def refund(self, order: Order, reference: str, *, at: dt.datetime) -> str:
        """Give the whole amount back and return the reference of doing so."""


class DemonstrationProvider:
    """Takes every order as paid and moves no money; its references say so."""

    demonstration = True

    def begin(self, order: Order) -> str:
        """Return nothing: there is no bank behind it."""
        return ""

    def confirm(self, order: Order, *, at: dt.datetime) -> Receipt | None:
        """Return a receipt whose reference is plainly the demonstration's."""
        return Receipt(f"DEMO-{order.number}", at)

    def refund(self, order: Order, reference: str, *, at: dt.datetime) -> str:
        """Return a reference that is plainly the demonstration's."""
        return f"{reference}-R"


_registered: list[PaymentProvider] = []


def register_provider(provider: PaymentProvider | None) -> None:
    """Use a provider; ``None`` goes back to the default."""
    _registered[:] = [] if provider is None else [provider]


def provider() -> PaymentProvider | None:
    """Return the provider of this installation: the one registered; without one the demonstration's, in production none."""
    if _registered:
        return _registered[0]
    return None if settings.OPTIONS.mode == "production" else DemonstrationProvider()
