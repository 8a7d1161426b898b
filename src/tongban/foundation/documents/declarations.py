"""What this slice tells the slices below: the pack section ``documents``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tongban.foundation.documents.models import DocumentTemplate
from tongban.foundation.documents.schema import DocumentSpec
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome, Section, register_section
from tongban.foundation.packs.versions import Versions, load_versions, plain_and_digest


def load(documents: Sequence[Document], loading: Loading) -> Outcome:  # noqa: ARG001 - the signature of a section
    """Add new versions of document templates; a version that is already there must be the same.

    :raises PackError: for wrong files, and for an attempt to change a published version
    """
    held = DocumentTemplate.objects.only("code", "version", "sha256")
    return load_versions(documents, Versions(held), _rows)


def _rows(document: Document) -> Iterator[DocumentTemplate]:
    spec = parse(DocumentSpec, document)
    plain, sha256 = plain_and_digest(spec)
    yield DocumentTemplate(
        code=spec.code, version=spec.version, title=spec.title.model_dump(), spec=plain, sha256=sha256
    )


def declare() -> None:
    """Register the section."""
    register_section(Section(name="documents", pattern="documents/*.yaml", order=41, load=load))
