"""Decides about the bytes of an upload: what they are, whether they are accepted, and under which name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.foundation.files.checks.kinds import KINDS, Kind, container, kinds_for
from tongban.foundation.files.checks.names import extension, safe_name
from tongban.foundation.files.checks.refusal import RefusedError

DEFAULT: tuple[str, ...] = tuple(KINDS)
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """An accepted upload: its true kind, its safe name, and the bytes to keep."""

    kind: Kind
    name: str
    content: bytes


def check_upload(name: str, content: bytes, *, accept: Sequence[str] = DEFAULT, max_bytes: int = MAX_BYTES) -> Checked:
    """Check an upload by its content, size and structure; its declared type is never believed.

    :raises RefusedError: with the reason
    """
    kinds = kinds_for(accept)
    if not content:
        raise RefusedError("empty")
    if len(content) > max_bytes:
        raise RefusedError("too-large", size_text(max_bytes))
    code, kept = _inspect(content)
    if code not in {kind.code for kind in kinds}:
        raise RefusedError("not-asked-for", _list(kinds))
    kind = KINDS[code]
    given = extension(name)
    if given and given not in kind.extensions and not any(given in other.extensions for other in KINDS.values()):
        raise RefusedError("wrong-extension", f".{given[:12]}")
    return Checked(kind, safe_name(name, extension=kind.code), kept)


def _inspect(content: bytes) -> tuple[str, bytes]:
    """Return the kind of the bytes and what of them to keep; the heavy readers are loaded at the first upload."""
    from tongban.foundation.files.checks.archives import check_archive
    from tongban.foundation.files.checks.pdfs import check_pdf
    from tongban.foundation.files.checks.pictures import check_picture

    found = container(content)
    if found == "pdf":
        return found, check_pdf(content)
    if found == "zip":
        return check_archive(content), content
    return found, check_picture(content, found)


def size_text(size: int) -> str:
    """Return a size as people read it: ``20 MB``, ``512 KB``."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f}".rstrip("0").rstrip(".") + " MB"
    return f"{max(1, round(size / 1024))} KB"


def _list(kinds: Sequence[Kind]) -> str:
    return "、".join(kind.code.upper() for kind in kinds)
