"""What can go wrong with alarms and orders."""

from __future__ import annotations

from collections.abc import Mapping


class OrderRefused(Exception):  # noqa: N818 - a decision, not a fault
    """What was asked cannot be done; the sentence says why and what to do instead."""

    def __init__(self, message: str, field_errors: Mapping[str, str] | None = None, code: str = "refused") -> None:
        """Keep the sentence, and the mistakes by field."""
        super().__init__(message)
        self.message = message
        self.field_errors = dict(field_errors or {})
        self.code = code
