"""Reads templates and issued documents."""

from __future__ import annotations

from django.db.models import QuerySet

from tongban.foundation.documents.models import DocumentTemplate, IssuedDocument
from tongban.foundation.rows.stamps import declare, stamp

_held: dict[str, tuple[str, DocumentTemplate]] = {}
TEMPLATES = "documents.templates"
declare(TEMPLATES, "SELECT count(*) || '/' || max(id) FROM documents_documenttemplate")


def current_template(code: str) -> DocumentTemplate:
    """Return the newest version of a template.

    A published template never changes, so it is kept in the process until a row is added.

    :raises DocumentTemplate.DoesNotExist: if no pack declares it
    """
    last = stamp(TEMPLATES)
    held = _held.get(code)
    if held is None or held[0] != last:
        found = DocumentTemplate.objects.filter(code=code).order_by("-version").first()
        if found is None:
            msg = f"no pack declares the document {code}"
            raise DocumentTemplate.DoesNotExist(msg)
        held = _held[code] = (last, found)
    return held[1]


def fields_of(code: str) -> dict[str, str]:
    """Return the fields the newest version of a template takes, with their kinds; a ``?`` marks those that may be missing.

    :raises DocumentTemplate.DoesNotExist: if no pack declares it
    """
    return dict(current_template(code).spec["fields"])


def documents_about(about: str) -> QuerySet[IssuedDocument]:
    """Return the documents issued about a subject, oldest first."""
    return IssuedDocument.objects.filter(about=about).select_related("template", "unit").order_by("issued_at", "number")


def by_checksum(sha256: str) -> IssuedDocument | None:
    """Return the document whose PDF has a checksum."""
    return IssuedDocument.objects.filter(sha256=sha256).select_related("template", "unit").first() if sha256 else None
