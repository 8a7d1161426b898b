"""Query codes: what a person needs beside the number to see a case's progress."""

from __future__ import annotations

import hmac
from uuid import UUID

from tongban.engines.cases.models import Case
from tongban.foundation.accounts.fields import digest

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters that nobody mistakes for one another: no 0, 1, I, L, O."""

SECRET_LENGTH = 8


def secret_for(*, number: str, key: UUID) -> str:
    """Return the query code of a case.

    It is derived with the installation's secret key, so the receipt, the text message and a repeated submission all
    show the same code and it is stored nowhere; the case keeps only its digest.
    """
    value = int(digest(f"case-secret:{number}:{key}"), 16)
    letters = []
    for _ in range(SECRET_LENGTH):
        value, index = divmod(value, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def secret_of(case: Case) -> str:
    """Return the query code of a case, for its receipt and its messages."""
    return secret_for(number=case.number, key=case.submission_key)


def hash_secret(secret: str) -> str:
    """Return the digest under which a query code is kept."""
    return digest(f"case-query:{secret}")


def secret_fits(case: Case, secret: str) -> bool:
    """Tell whether a query code is the case's, in constant time."""
    return hmac.compare_digest(case.secret_hash, hash_secret(secret.strip()))
