"""DOCX, XLSX and OFD: zip files with a known inside, no macros, no bombs, no ways out of the folder."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib

from tongban.foundation.files.checks.refusal import RefusedError

MAX_ENTRIES = 4_000
MAX_TOTAL = 200 * 1024 * 1024
MAX_RATIO = 150
RATIO_FROM = 1024 * 1024
_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_END_LENGTH = 22
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/|activex/|customui/)", re.IGNORECASE)
_EMBEDDED = re.compile(r"(^|/)embeddings/|oleobject[^/]*\.bin$", re.IGNORECASE)
_NESTED = re.compile(r"\.(zip|rar|7z|gz|tgz|jar|docx|xlsx|pptx|docm|xlsm|ofd)$", re.IGNORECASE)
_PROGRAM = re.compile(r"\.(exe|dll|com|scr|bat|cmd|ps1|vbs|js|jse|wsf|hta|lnk|msi|sh|py|html?|svg|swf)$", re.IGNORECASE)
_ARCHIVE_HEADS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")
_PROGRAM_HEADS = (b"MZ", b"\x7fELF")
_OUTSIDE = re.compile(rb"<Relationship\b[^>]*>", re.IGNORECASE)
_LINK = re.compile(rb'Type="[^"]*/hyperlink"', re.IGNORECASE)


def check_archive(content: bytes) -> str:
    """Check a zip file and return its kind: ``docx``, ``xlsx`` or ``ofd``.

    :raises RefusedError: if it is something else, broken, or carries what it should not
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_frame(content, entries)
            kind = _kind(archive.namelist())
            for entry in entries:
                _check_entry(entry)
            _check_contents(archive, entries)
            return kind
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as wrong:
        raise RefusedError("broken-archive") from wrong


def _check_frame(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse bytes before the first or behind the last part, overlapping parts and repeated names."""
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise RefusedError("bomb")
    if content[-_END_LENGTH:][:4] != _END:
        raise RefusedError("bytes-after")
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    if not placed or placed[0].header_offset != 0:
        raise RefusedError("bytes-before")
    for before, after in zip(placed, placed[1:], strict=False):
        if before.header_offset + 30 + before.compress_size > after.header_offset:
            raise RefusedError("bomb")
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise RefusedError("broken-archive")


def _kind(names: list[str]) -> str:
    present = set(names)
    if "OFD.xml" in present:
        return "ofd"
    if "[Content_Types].xml" in present and "word/document.xml" in present:
        return "docx"
    if "[Content_Types].xml" in present and "xl/workbook.xml" in present:
        return "xlsx"
    if any(_MACROS.search(name) for name in names):
        raise RefusedError("macros")
    raise RefusedError("archive")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if "\x00" in name or "\\" in name or name.startswith("/") or ".." in name.split("/") or ":" in name:
        raise RefusedError("way-out", name.replace("\x00", "")[:80])
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RefusedError("way-out", name[:80])
    if entry.flag_bits & 0x1:
        raise RefusedError("archive-locked")
    if _MACROS.search(name):
        raise RefusedError("macros")
    if _EMBEDDED.search(name) or _NESTED.search(name) or _PROGRAM.search(name):
        raise RefusedError("embedded", name[:80])
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise RefusedError("bomb")


def _check_contents(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    total = 0
    for entry in entries:
        body = _unpack(archive, entry, room=MAX_TOTAL - total)
        total += len(body)
        if body.startswith(_ARCHIVE_HEADS) or body.startswith(_PROGRAM_HEADS):
            raise RefusedError("embedded", entry.filename[:80])
        if entry.filename.lower().endswith((".xml", ".rels")):
            _check_markup(body, relations=entry.filename.endswith(".rels"))


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, room: int) -> bytes:
    """Read one part, counting what really comes out."""
    parts: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > room or size > entry.file_size:
                raise RefusedError("bomb")
            parts.append(chunk)
    if size != entry.file_size:
        raise RefusedError("broken-archive")
    return b"".join(parts)


def _check_markup(body: bytes, *, relations: bool) -> None:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise RefusedError("entities")
    if b"macroEnabled" in body:
        raise RefusedError("macros")
    if relations:
        for found in _OUTSIDE.finditer(body):
            if b'TargetMode="External"' in found.group() and not _LINK.search(found.group()):
                raise RefusedError("outside-link")
