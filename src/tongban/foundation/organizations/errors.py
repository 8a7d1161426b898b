"""What can go wrong, said to the administrator."""

from __future__ import annotations

from collections.abc import Mapping


class PostingError(Exception):
    """A posting was refused; ``fields`` says it at the fields of a form."""

    def __init__(self, message: str = "", fields: Mapping[str, str] | None = None) -> None:
        """Keep the sentence, and those for single fields."""
        self.message = message
        self.fields = dict(fields or {})
        super().__init__(message or "；".join(self.fields.values()))
