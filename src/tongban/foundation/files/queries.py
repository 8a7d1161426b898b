"""Reads kept files."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from django.db.models import QuerySet

from tongban.foundation.files import store
from tongban.foundation.files.errors import FileMissingError
from tongban.foundation.files.models import StoredFile


def open_file(stored: StoredFile) -> BinaryIO:
    """Open the bytes for reading.

    :raises FileMissingError: if they are gone
    """
    try:
        return store.path_of(stored.sha256).open("rb")
    except FileNotFoundError as wrong:
        raise FileMissingError(str(stored.pk)) from wrong


def read_bytes(stored: StoredFile) -> bytes:
    """Return the bytes after checking them against the register.

    :raises FileMissingError: if they are gone or altered
    """
    with open_file(stored) as handle:
        content = handle.read()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileMissingError(str(stored.pk))
    return content


def waiting_for_scan() -> QuerySet[StoredFile]:
    """Return the files whose scan is still due, oldest first."""
    return StoredFile.objects.filter(scan=StoredFile.Scan.PENDING).order_by("stored_at")
