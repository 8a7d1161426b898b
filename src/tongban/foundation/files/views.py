"""Sends a kept file. Who may have it is decided by the caller, who knows what the file belongs to."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from tongban.foundation.files import store
from tongban.foundation.files.models import StoredFile
from tongban.foundation.files.queries import open_file
from tongban.foundation.files.wording import not_ready

_INLINE = ("image/jpeg", "image/png", "application/pdf")


def file_response(stored: StoredFile, *, inline: bool) -> HttpResponseBase:
    """Return the download of a file.

    ``inline`` is honored only for pictures and PDFs, which are kept only after a check of their structure (no scripts, no
    actions, no attachments); all else is an attachment. Nothing may run in them, and no other site may frame them.

    :raises FileMissingError: if the bytes are gone
    """
    if stored.scan in (StoredFile.Scan.PENDING, StoredFile.Scan.INFECTED):
        infected = stored.scan == StoredFile.Scan.INFECTED
        return HttpResponse(
            not_ready(infected=infected), status=410 if infected else 503, content_type="text/plain; charset=utf-8"
        )
    shown = inline and may_show(stored)
    prefix = settings.OPTIONS.accel_prefix
    response: HttpResponseBase
    if prefix:
        response = HttpResponse(b"", content_type=stored.content_type)
        path = store.path_of(stored.sha256).relative_to(settings.MEDIA_ROOT)
        response["X-Accel-Redirect"] = f"{prefix.rstrip('/')}/{path.as_posix()}"
    else:
        response = FileResponse(open_file(stored), content_type=stored.content_type)
        response["Content-Length"] = str(stored.size)
    response["Content-Disposition"] = _disposition(stored.name, shown=shown)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _policy(stored, shown=shown)
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def may_show(stored: StoredFile) -> bool:
    """Tell whether a file may be shown in the page instead of downloaded."""
    return stored.content_type in _INLINE


def _policy(stored: StoredFile, *, shown: bool) -> str:
    """Return the content policy; a browser's own PDF viewer does not start in a sandbox."""
    if shown and stored.content_type == "application/pdf":
        return "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    return "sandbox; default-src 'none'; frame-ancestors 'self'"


def _disposition(name: str, *, shown: bool) -> str:
    """Return the header with the name in both spellings, RFC 6266."""
    kind = "inline" if shown else "attachment"
    suffix = name.rpartition(".")[2]
    return f"{kind}; filename=\"file.{suffix}\"; filename*=UTF-8''{quote(name, safe='')}"
