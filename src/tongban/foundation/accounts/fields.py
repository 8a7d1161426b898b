"""Encrypted database fields and keyed digests for personal data at rest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


def _key(purpose: bytes) -> bytes:
    """Derive a 32-byte key for one purpose from the field key (or, in a demo, from the secret key)."""
    return _derived(settings.OPTIONS.field_key, settings.SECRET_KEY, purpose)


@lru_cache(maxsize=16)
def _derived(given: str, secret: str, purpose: bytes) -> bytes:
    root = base64.b64decode(given) if given else hashlib.sha256(secret.encode()).digest()
    return hmac.new(root, purpose, hashlib.sha256).digest()


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def encrypt(text: str) -> bytes:
    """Encrypt text with AES-256-GCM; the result carries its nonce."""
    if not text:
        return b""
    nonce = os.urandom(12)
    return nonce + _cipher(_key(b"field")).encrypt(nonce, text.encode(), None)


def decrypt(blob: bytes) -> str:
    """Return the text that :func:`encrypt` stored.

    :raises cryptography.exceptions.InvalidTag: if the bytes were altered or the key differs
    """
    data = bytes(blob or b"")
    if not data:
        return ""
    return _cipher(_key(b"field")).decrypt(data[:12], data[12:], None).decode()


def digest(text: str) -> str:
    """Return the keyed digest by which an encrypted value can be found again (equality only)."""
    return hmac.new(_key(b"digest"), text.strip().upper().encode(), hashlib.sha256).hexdigest() if text else ""


class EncryptedTextField(models.Field):  # type: ignore[type-arg]
    """Text kept encrypted in the database and plain in Python."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the field editable, blank and empty by default."""
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        """Store bytes."""
        return "BinaryField"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return super().get_prep_value(encrypt(str(value or "")))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Encrypt once, also when Django calls with an unprepared value."""
        return connection.Database.Binary(value if prepared else self.get_prep_value(value))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> str:
        """Decrypt on the way out."""
        return decrypt(value)

    def to_python(self, value: Any) -> str:
        """Return text whatever the source."""
        return decrypt(bytes(value)) if isinstance(value, bytes | memoryview) else str(value or "")
