"""Loads the schemes of a pack: a published version never changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tongban.engines.indicators.models import ScoreScheme
from tongban.engines.indicators.schema import ScoreSpec
from tongban.foundation.packs.reading import Document, Place, parse
from tongban.foundation.packs.sections import Loading, Outcome
from tongban.foundation.packs.versions import Versions, load_versions, plain_and_digest


def load_schemes(documents: Sequence[Document], loading: Loading) -> Outcome:  # noqa: ARG001 - the signature of a section
    """Add new versions of schemes; a version that is already there must be the same.

    :raises PackError: for wrong files, an attempt to change a published version, and versions whose dates do not follow
    """
    return load_versions(documents, Versions(ScoreScheme.objects.all(), check=_date_problem), _rows)


def _date_problem(row: ScoreScheme, others: Collection[ScoreScheme]) -> tuple[Place, str] | None:
    for other in others:
        if other.code == row.code and (other.version < row.version) != (other.effective_from < row.effective_from):
            told = f"第 {other.version} 版从 {other.effective_from} 起施行，版本和日期的先后要一致"
            return ("effective_from",), told
    return None


def _rows(document: Document) -> Iterator[ScoreScheme]:
    spec = parse(ScoreSpec, document)
    plain, sha256 = plain_and_digest(spec, by_alias=True)
    yield ScoreScheme(
        code=spec.code,
        version=spec.version,
        title=spec.title.model_dump(),
        spec=plain,
        sha256=sha256,
        effective_from=spec.effective_from,
    )
