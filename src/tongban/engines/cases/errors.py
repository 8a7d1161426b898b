"""What callers of this slice may have to catch."""

from __future__ import annotations

from collections.abc import Mapping


class ActionRefused(Exception):  # noqa: N818 - the word of the interface: an act is refused, nothing broke
    """An act was refused and nothing was written; the message says why and what to do, in the reader's language.

    ``field_errors`` holds a sentence for each field that must be mended; ``code`` is stable.
    """

    def __init__(self, message: str, field_errors: Mapping[str, str] | None = None, *, code: str = "") -> None:
        """Keep the sentence, the mistakes by field and the code."""
        self.message = message
        self.field_errors = dict(field_errors or {})
        self.code = code
        super().__init__(message)


class LookupThrottled(Exception):  # noqa: N818
    """Too many failed look-ups of a case; try again later."""
