"""What may make the same address look different to two strangers: language and display mode."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.http import parse_cookie
from django.utils.translation import get_language_from_request

from tongban.foundation.ui.context import DISPLAY_COOKIE

if TYPE_CHECKING:
    from django.http import HttpRequest

PERSONAL = frozenset({settings.SESSION_COOKIE_NAME, "messages"})
"""Cookies that make a page one person's; such requests never meet the kept pages."""


class Key(NamedTuple):
    """Everything a kept page depends on besides what it was made from."""

    scheme: str
    host: str
    path: str
    query: str
    language: str
    display: str


@lru_cache(maxsize=4096)
def _variant(cookies: str, languages: str) -> tuple[str, str] | None:
    """Return language and display mode of a stranger, or None for someone with a session."""
    held = parse_cookie(cookies)
    if PERSONAL & held.keys():
        return None
    asked: Any = SimpleNamespace(COOKIES=held, META={"HTTP_ACCEPT_LANGUAGE": languages})
    return get_language_from_request(asked), "elder" if held.get(DISPLAY_COOKIE) == "elder" else "standard"


def key_of(request: HttpRequest) -> Key | None:
    """Return under which key a request's page may be kept; None if it must be made for this one person."""
    meta = request.META
    variant = _variant(meta.get("HTTP_COOKIE", "")[:4096], meta.get("HTTP_ACCEPT_LANGUAGE", "")[:200])
    if variant is None or request.method not in ("GET", "HEAD"):
        return None
    return Key(
        str(request.scheme),
        meta.get("HTTP_HOST", ""),
        request.path,
        meta.get("QUERY_STRING", ""),
        variant[0],
        variant[1],
    )
