"""What a person is told when something cannot be done."""

from __future__ import annotations


class DisclosureError(Exception):
    """The request cannot be met; the message names place and remedy in the reader's language."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the message and the field it belongs to."""
        self.field = field
        super().__init__(message)
