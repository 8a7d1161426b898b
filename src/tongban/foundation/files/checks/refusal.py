"""The one way a check says no."""

from __future__ import annotations


class RefusedError(Exception):
    """The bytes are not accepted.

    ``code`` names the reason (its sentence is in ``tongban.foundation.files.wording``); ``detail`` fills the sentence.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep the reason."""
        self.code = code
        self.detail = detail
        super().__init__(f"{code} {detail}".strip())
