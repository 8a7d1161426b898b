"""Why something with a survey or an interview is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tongban.engines.publishing.rules.checks import Finding
    from tongban.foundation.forms.rules import FieldError


class SurveyRefusedError(Exception):
    """Nothing was written; ``message`` says why and what to do, in the reader's language, ``code`` is stable.

    ``errors`` are wrong answers, ``findings`` what the checks before publication found.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        errors: Sequence[FieldError] = (),
        findings: Sequence[Finding] = (),
    ) -> None:
        """Keep the sentence and what belongs to it."""
        self.message = message
        self.code = code
        self.errors = list(errors)
        self.findings = list(findings)
        super().__init__(message)
