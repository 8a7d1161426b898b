"""What may be refused, in sentences that name the remedy."""

from __future__ import annotations


class ScoreError(Exception):
    """The act cannot be done as asked; the text says what to do instead. ``field`` names the field of a form, if one is wrong."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the sentence and the field it belongs to."""
        self.field = field
        super().__init__(message)
