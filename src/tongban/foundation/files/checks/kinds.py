"""The kinds of file the platform takes, and what other bytes really are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import filetype

from tongban.foundation.files.checks.refusal import RefusedError

_OOXML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its short code (also its extension), its content type and other spellings of its extension."""

    code: str
    content_type: str
    also: tuple[str, ...] = ()

    @property
    def extensions(self) -> tuple[str, ...]:
        """Return all extensions under which the kind is met."""
        return (self.code, *self.also)


PDF = Kind("pdf", "application/pdf")
OFD = Kind("ofd", "application/ofd")
JPG = Kind("jpg", "image/jpeg", ("jpeg", "jpe", "jfif"))
PNG = Kind("png", "image/png")
DOCX = Kind("docx", f"{_OOXML}.wordprocessingml.document")
XLSX = Kind("xlsx", f"{_OOXML}.spreadsheetml.sheet")
KINDS: dict[str, Kind] = {kind.code: kind for kind in (PDF, OFD, JPG, PNG, DOCX, XLSX)}

_ZIP = b"PK\x03\x04"
_MARKUP = (
    b"<!doctype",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<svg",
    b"<?xml",
    b"<iframe",
    b"<?php",
    b"mime-version:",
)
_REFUSED_HEADS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "executable"),
    (b"\x7fELF", "executable"),
    (b"\xca\xfe\xba\xbe", "executable"),
    (b"#!", "executable"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "executable"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
    (b"{\\rtf", "old-office"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"GIF8", "other-image"),
    (b"BM", "other-image"),
    (b"II*\x00", "other-image"),
    (b"MM\x00*", "other-image"),
)


def kinds_for(accept: Iterable[str]) -> list[Kind]:
    """Return the kinds for extensions (``.pdf``, ``JPEG``) or content types (``image/*``).

    :raises ValueError: if one of them is not a kind the platform can check
    """
    found: dict[str, Kind] = {}
    for wanted in accept:
        text = wanted.strip().lower().lstrip(".")
        matches = [kind for kind in KINDS.values() if _matches(kind, text)]
        if not matches:
            msg = f"cannot check files of kind {wanted!r}; known: {', '.join(KINDS)}"
            raise ValueError(msg)
        found.update({kind.code: kind for kind in matches})
    return list(found.values())


def _matches(kind: Kind, text: str) -> bool:
    return text in kind.extensions or text == kind.content_type or (text == "image/*" and kind in (JPG, PNG))


def container(content: bytes) -> str:
    """Return ``pdf``, ``jpg``, ``png`` or ``zip`` by the first bytes.

    :raises RefusedError: for anything else, with the reason nearest to what it is
    """
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(_ZIP):
        return "zip"
    raise RefusedError(_reason(content))


def _reason(content: bytes) -> str:
    head = content[:1024]
    if b"%PDF-" in head:
        return "bytes-before"
    for start, code in _REFUSED_HEADS:
        if head.startswith(start):
            return code
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").lower().replace(b"\x00", b"")
    if any(mark in text for mark in _MARKUP):
        return "web-page"
    guessed = filetype.guess(content[:8192])
    if guessed is not None and guessed.mime.startswith("image/"):
        return "other-image"
    if guessed is not None and guessed.mime.startswith(("video/", "audio/")):
        return "media"
    return "unknown-kind"
