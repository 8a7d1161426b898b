"""Keeps bytes under their SHA-256 outside the web root; a name is never part of a path."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

_DIGEST = re.compile(r"^[0-9a-f]{64}$")


def path_of(sha256: str) -> Path:
    """Return where the bytes of a checksum are kept.

    :raises ValueError: if it is not a checksum
    """
    if not _DIGEST.match(sha256):
        msg = "not a SHA-256 in hexadecimal"
        raise ValueError(msg)
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def write(content: bytes) -> str:
    """Write bytes so that they survive a crash, and return their SHA-256; known bytes are only touched.

    Call it before the transaction that refers to the bytes; what no row refers to is swept later.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    if path.is_file() and path.stat().st_size == len(content):
        os.utime(path)
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{sha256[:16]}-{secrets.token_hex(6)}.part")
    try:
        with draft.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        draft.chmod(0o600)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return sha256


def kept() -> Iterator[Path]:
    """Yield every kept or half-written file."""
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir():
        yield from (path for path in root.glob("*/*/*") if path.is_file())


def _sync_folder(folder: Path) -> None:
    """Make the new name in the folder durable, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)
