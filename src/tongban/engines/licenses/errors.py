"""Why an act on a license is refused."""

from __future__ import annotations


class LicenseRefusedError(Exception):
    """The act is not possible; ``message`` is a translated sentence that names the remedy."""

    def __init__(self, message: str) -> None:
        """Keep the sentence."""
        self.message = message
        super().__init__(message)
