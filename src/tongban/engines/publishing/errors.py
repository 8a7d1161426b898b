"""Why an editorial act is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tongban.engines.publishing.rules.checks import Finding


class PublishingRefusedError(Exception):
    """An act was refused and nothing was written; ``message`` says why and what to do, in the reader's language.

    ``fields`` holds a sentence for each field that must be mended, ``findings`` what the checks found; ``code`` is stable.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        fields: Mapping[str, str] | None = None,
        findings: Sequence[Finding] = (),
    ) -> None:
        """Keep the sentence and what belongs to it."""
        self.message = message
        self.code = code
        self.fields = dict(fields or {})
        self.findings = list(findings)
        super().__init__(message)
