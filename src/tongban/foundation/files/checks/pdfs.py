"""PDF: whole, unlocked, and without anything that acts by itself."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf

from tongban.foundation.files.checks.refusal import RefusedError

MAX_OBJECTS = 300_000
MAX_UNPACKED = 64 * 1024 * 1024
_ACTIVE = {
    "/JavaScript": "pdf-script",
    "/Launch": "pdf-action",
    "/SubmitForm": "pdf-action",
    "/ImportData": "pdf-action",
    "/GoToE": "pdf-action",
    "/GoToR": "pdf-action",
    "/Rendition": "pdf-action",
    "/Movie": "pdf-action",
    "/Sound": "pdf-action",
    "/GoTo3DView": "pdf-action",
    "/RichMediaExecute": "pdf-action",
}
_MEDIA = {"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen", "/FileAttachment"}
_PACKED = re.compile(rb"/Type\s*/(?:ObjStm|XRef)\b")
_STREAM = re.compile(rb"stream\r?\n")


def check_pdf(content: bytes) -> bytes:
    """Check a PDF and return it unchanged.

    :raises RefusedError: if it is broken, locked, active, carries files, or is also something else
    """
    _check_ends(content)
    check_unpacking(content)
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            _check_open(pdf)
    except pikepdf.PasswordError as wrong:
        raise RefusedError("pdf-locked") from wrong
    except (pikepdf.PdfError, ValueError, RecursionError, MemoryError) as wrong:
        raise RefusedError("broken-pdf") from wrong
    return content


def _check_ends(content: bytes) -> None:
    last = content.rfind(b"%%EOF")
    if last < 0:
        raise RefusedError("broken-pdf")
    if content[last + 5 :].strip(b"\r\n\t \x00\x1a"):
        raise RefusedError("bytes-after")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise RefusedError("hidden-content")


def check_unpacking(content: bytes) -> None:
    """Unpack object and cross-reference streams under a limit, before a library does so without one.

    :raises RefusedError: ``bomb`` if more than ``MAX_UNPACKED`` bytes come out
    """
    unpacked = 0
    for found in _PACKED.finditer(content):
        start = _STREAM.search(content, found.end(), found.end() + 2048)
        if start is None:
            continue
        stream = zlib.decompressobj()
        try:
            unpacked += len(stream.decompress(content[start.end() :], MAX_UNPACKED - unpacked + 1))
        except zlib.error:
            continue
        if unpacked > MAX_UNPACKED:
            raise RefusedError("bomb")


def _check_open(pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise RefusedError("pdf-locked")
    if len(pdf.objects) > MAX_OBJECTS:
        raise RefusedError("bomb")
    if len(pdf.pages) == 0:
        raise RefusedError("broken-pdf")
    _check_catalog(pdf.Root)
    for item in pdf.objects:
        for found in _dictionaries(item, depth=4):
            _check_dictionary(found)


def _check_catalog(root: pikepdf.Object) -> None:
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        if "/JavaScript" in names:
            raise RefusedError("pdf-script")
        if "/EmbeddedFiles" in names:
            raise RefusedError("pdf-attachment")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        raise RefusedError("pdf-script")
    if "/Collection" in root:
        raise RefusedError("pdf-attachment")
    opening = root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S")) != "/GoTo":
        raise RefusedError("pdf-action")


def _dictionaries(item: pikepdf.Object, *, depth: int) -> Iterator[pikepdf.Object]:
    """Yield the dictionaries written directly inside an object; indirect ones come by themselves."""
    if isinstance(item, pikepdf.Stream | pikepdf.Dictionary):
        yield item
        if depth:
            for value in item.stream_dict.values() if isinstance(item, pikepdf.Stream) else item.values():
                if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
                    yield from _dictionaries(value, depth=depth - 1)
    elif isinstance(item, pikepdf.Array) and depth:
        for value in item:
            if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
                yield from _dictionaries(value, depth=depth - 1)


def _check_dictionary(found: pikepdf.Object) -> None:
    if "/JS" in found:
        raise RefusedError("pdf-script")
    if "/AA" in found:
        raise RefusedError("pdf-action")
    if "/EF" in found or str(found.get("/Type")) == "/EmbeddedFile":
        raise RefusedError("pdf-attachment")
    if str(found.get("/Subtype")) in _MEDIA and "/Rect" in found:
        raise RefusedError("pdf-attachment")
    action = found.get("/S")
    if isinstance(action, pikepdf.Name) and str(action) in _ACTIVE:
        raise RefusedError(_ACTIVE[str(action)])
