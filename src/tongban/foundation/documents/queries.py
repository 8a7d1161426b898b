"""Reads templates and issued documents."""

from __future__ import annotations

from django.db.models import QuerySet

from tongban.foundation.documents.models import DocumentTemplate, IssuedDocument


def current_template(code: str) -> DocumentTemplate:
    """Return the newest version of a template.

    :raises DocumentTemplate.DoesNotExist: if no pack declares it
    """
    found = DocumentTemplate.objects.filter(code=code).order_by("-version").first()
    if found is None:
        msg = f"no pack declares the document {code}"
        raise DocumentTemplate.DoesNotExist(msg)
    return found


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
