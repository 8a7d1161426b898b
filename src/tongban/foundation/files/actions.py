"""Takes files in: uploads after their checks, generated files as they are."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile

from tongban.foundation.files import store
from tongban.foundation.files.checks.kinds import KINDS
from tongban.foundation.files.checks.names import safe_name
from tongban.foundation.files.checks.refusal import RefusedError
from tongban.foundation.files.errors import UploadRejected
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.queries import read_bytes
from tongban.foundation.files.rules import DEFAULT, MAX_BYTES, check_upload, size_text
from tongban.foundation.files.scanning import scan
from tongban.foundation.files.wording import sentence

__all__ = ["DEFAULT", "UploadRejected", "rescan", "store_generated", "store_upload", "sweep_orphans"]


def store_upload(
    *,
    upload: UploadedFile[bytes],
    by: AbstractBaseUser | None,
    at: dt.datetime,
    accept: Sequence[str] = DEFAULT,
    max_bytes: int = MAX_BYTES,
) -> StoredFile:
    """Check an upload and keep it; the bytes are on disk before the row is written.

    :param accept: extensions or content types out of the accepted kinds
    :raises UploadRejected: with a translated sentence that names the remedy; nothing is kept then
    """
    try:
        content = _read(upload, max_bytes)
        checked = check_upload(upload.name or "", content, accept=accept, max_bytes=max_bytes)
        verdict = scan(checked.content)
        if verdict is StoredFile.Scan.INFECTED:
            raise RefusedError("infected")
    except RefusedError as refused:
        raise UploadRejected(refused.code, sentence(refused)) from refused
    return StoredFile.objects.create(
        sha256=store.write(checked.content),
        size=len(checked.content),
        content_type=checked.kind.content_type,
        name=checked.name,
        origin=StoredFile.Origin.UPLOAD,
        scan=verdict,
        uploaded_by_id=by.pk if by else None,
        stored_at=at,
    )


def store_generated(*, content: bytes, name: str, content_type: str, at: dt.datetime) -> StoredFile:
    """Keep a file the system made itself; it needs no checks and counts as clean."""
    suffix = next((kind.code for kind in KINDS.values() if kind.content_type == content_type), name.rpartition(".")[2])
    return StoredFile.objects.create(
        sha256=store.write(content),
        size=len(content),
        content_type=content_type,
        name=safe_name(name, extension=suffix),
        origin=StoredFile.Origin.GENERATED,
        scan=StoredFile.Scan.CLEAN,
        stored_at=at,
    )


def rescan(*, stored: StoredFile) -> StoredFile.Scan:
    """Scan a waiting file again and note the verdict."""
    verdict = scan(read_bytes(stored))
    if verdict is not StoredFile.Scan.PENDING:
        StoredFile.objects.filter(pk=stored.pk, scan=StoredFile.Scan.PENDING).update(scan=verdict)
        stored.scan = verdict
    return verdict


def sweep_orphans(*, before: dt.datetime) -> int:
    """Remove bytes last touched before a moment that no row refers to; return how many.

    They are left by requests that died between writing the bytes and committing the row.
    """
    removed = 0
    limit = before.timestamp()
    for path in store.kept():
        if path.stat().st_mtime >= limit:
            continue
        if path.suffix == ".part" or not StoredFile.objects.filter(sha256=path.name).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def verify_bytes(*, stored: StoredFile) -> bool:
    """Tell whether the kept bytes still have the checksum of the register (used by restore drills)."""
    path = store.path_of(stored.sha256)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == stored.sha256


def _read(upload: UploadedFile[bytes], max_bytes: int) -> bytes:
    """Read an upload, counting what comes; its declared size is not believed."""
    parts: list[bytes] = []
    size = 0
    for chunk in upload.chunks():
        size += len(chunk)
        if size > max_bytes:
            raise RefusedError("too-large", size_text(max_bytes))
        parts.append(chunk)
    return b"".join(parts)
