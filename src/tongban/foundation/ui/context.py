"""What every page knows of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.functional import SimpleLazyObject

from tongban.foundation.ui.navigation import public_menu, side_menu
from tongban.foundation.ui.site import current_site

if TYPE_CHECKING:
    from django.http import HttpRequest

DISPLAY_COOKIE = "display"


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's texts, the display mode, the actor and the menus for the page skeletons."""
    actor = getattr(request, "actor", None)
    elder = request.COOKIES.get(DISPLAY_COOKIE) == "elder"
    return {
        "site": SimpleLazyObject(current_site),
        "actor": actor,
        "display_mode": "elder" if elder else "standard",
        "public_menu": SimpleLazyObject(lambda: public_menu(actor, request.path, elder=elder)),
        "side_menu": SimpleLazyObject(lambda: side_menu(actor, request.path, request.META.get("QUERY_STRING", ""))),
    }
