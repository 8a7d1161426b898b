"""The seam for electronic seals.

A real installation registers a provider that calls the state's electronic seal system; until then the demonstration
provider signs with a local certificate and says on every page that its seal is not the state seal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tongban.foundation.organizations.models import Unit

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the seal stands: page from 1, center in points from the left and the top edge."""

    page: int
    x: float
    y: float


class SealProvider(Protocol):
    """Seals PDFs. ``is_state_seal`` is true only for the state's unified electronic seal system."""

    name: str
    is_state_seal: bool

    def label(self, language: str) -> str:
        """Return the sentence that every document shows about its seal; empty if none is needed."""
        ...

    def sign(self, pdf: bytes, *, unit: Unit, reason: str, at: dt.datetime, spot: Spot | None, language: str) -> bytes:
        """Return the PDF with the unit's seal and signature.

        :raises SealError: if the seal cannot be had now
        """
        ...

    def roots(self) -> Sequence[Certificate]:
        """Return the certificates under which this provider's signatures are trusted."""
        ...


class SealError(Exception):
    """The seal cannot be had now; the document stays pending and can be tried again."""


_registered: list[SealProvider] = []


def register_provider(provider: SealProvider | None) -> None:
    """Use a provider for all documents; ``None`` goes back to the demonstration."""
    _registered[:] = [provider] if provider else []


def provider() -> SealProvider:
    """Return the registered provider, else the demonstration."""
    if _registered:
        return _registered[0]
    from tongban.foundation.documents.demonstration.provider import DemonstrationSeals

    return DemonstrationSeals()
