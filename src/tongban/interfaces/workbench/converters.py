"""How a case number stands in an address."""

from __future__ import annotations


class CaseNumber:
    """Eighteen digits."""

    regex = "[0-9]{18}"

    def to_python(self, value: str) -> str:
        """Return the number."""
        return value

    def to_url(self, value: str) -> str:
        """Return the number as it stands in an address."""
        return str(value)
