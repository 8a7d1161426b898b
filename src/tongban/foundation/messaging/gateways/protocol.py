"""What a gateway takes, gives, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way out; ``reference`` is the same at every attempt, so that the provider can drop doubles.

    :param unsubscribe: address that ends a subscription with one request; empty for all other messages
    """

    reference: str
    channel: str
    to: str
    subject: str
    body: str
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The provider took the message; ``delivered`` if that is already the end."""

    provider_id: str = ""
    delivered: bool = False


class TemporaryFailureError(Exception):
    """The provider cannot take the message now; try again."""


class PermanentFailureError(Exception):
    """The provider will never take this message: the number or address is wrong."""


class Gateway(Protocol):
    """A way out. ``gives_receipts`` tells whether word of delivery comes later."""

    name: str
    gives_receipts: bool

    def send(self, message: Outgoing) -> HandedOver:
        """Hand a message over within a fixed time.

        :raises TemporaryFailureError: if trying again may help (also when no answer came in time)
        :raises PermanentFailureError: if it will not
        """
        ...
