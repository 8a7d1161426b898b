"""Identifiers with check digits. Each module has ``check(text) -> str``: the canonical form, or an error that says why."""

from __future__ import annotations

from tongban.foundation.text.identifiers import (
    citizen_number,
    credit_code,
    license_identifier,
    organization_code,
    registration_number,
)
from tongban.foundation.text.identifiers.errors import IdentifierError

__all__ = [
    "IdentifierError",
    "citizen_number",
    "credit_code",
    "license_identifier",
    "organization_code",
    "registration_number",
]
