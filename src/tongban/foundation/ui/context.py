"""What every page knows of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the display mode for the page skeleton."""
    return {"display_mode": "elder" if request.COOKIES.get("display") == "elder" else "standard"}
