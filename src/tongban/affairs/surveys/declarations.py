"""What this slice tells the slices below: its permissions."""

from __future__ import annotations

from tongban.affairs.surveys import permissions


def declare() -> None:
    """Register everything."""
    permissions.declare()
