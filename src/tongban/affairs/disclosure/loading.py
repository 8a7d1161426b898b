"""Loads the indicators of a pack: a published version never changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tongban.affairs.disclosure.models import InspectionScheme
from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.foundation.packs.reading import Document, parse
from tongban.foundation.packs.sections import Loading, Outcome
from tongban.foundation.packs.versions import Versions, load_versions, plain_and_digest


def load_indicators(documents: Sequence[Document], loading: Loading) -> Outcome:  # noqa: ARG001 - a section's signature
    """Add new versions; a version that is already there must be the same.

    :raises PackError: for wrong files and for an attempt to change a published version
    """
    return load_versions(documents, Versions(InspectionScheme.objects.all()), _rows)


def _rows(document: Document) -> Iterator[InspectionScheme]:
    spec = parse(InspectionSpec, document)
    plain, sha256 = plain_and_digest(spec)
    yield InspectionScheme(
        code=spec.code,
        version=spec.version,
        title=spec.title.model_dump(),
        spec=plain,
        sha256=sha256,
        effective_from=spec.effective_from,
    )
