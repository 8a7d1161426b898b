"""Answers strangers from memory before anything else of the platform wakes up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from tongban.engines.publishing.queries.stamps import Sources, is_true
from tongban.interfaces.portal.serving.counting import COUNTING
from tongban.interfaces.portal.serving.store import PACKED_LEVEL, PACKED_ONCE_LEVEL, Kept, PageStore, Visit, finish
from tongban.interfaces.portal.serving.variants import Key, key_of

if TYPE_CHECKING:
    from django.http import HttpRequest

STORE = PageStore(settings.OPTIONS.page_cache_mb * 1024 * 1024)
SECONDS_KEPT = 300.0
"""A page is made anew after so long even if its columns did not change: it also shows counts and service items."""


class PageMiddleware:
    """Serves kept pages that are still true, keeps new ones, and counts views.

    Stands first of all, so that what it keeps carries every header, and a page from memory costs one small query: whether
    the stamps of the sites and columns it was made from are still the same. A change writes its stamps in its own
    transaction; once that is committed no request is answered with the old page, in whichever process.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from memory, or let the page be made."""
        key = key_of(request)
        request.page_key = key  # type: ignore[attr-defined]
        kept = STORE.get(key) if key is not None else None
        if key is not None and kept is not None:
            if time.monotonic() < kept.until and is_true(kept.sources):
                _count(request, kept.visit)
                return _answer(request, kept)
            STORE.discard(key)
        response = self.get_response(request)
        visit: Visit | None = getattr(response, "visit", None)
        if visit is not None and response.status_code == HttpResponse.status_code:
            _count(request, visit)
            made: Sources | None = getattr(response, "made_of", None)
            if key is not None and made is not None and _is_for_everyone(request, response):
                return _answer(request, _keep(key, response, made, visit))
        return response


def _keep(key: Key, response: HttpResponse, made: Sources, visit: Visit) -> Kept:
    response.setdefault("Cache-Control", "no-cache")
    patch_vary_headers(response, ["Accept-Encoding", "Accept-Language", "Cookie"])
    level = PACKED_LEVEL if STORE.most_bytes else PACKED_ONCE_LEVEL
    page = finish(response, made, visit, time.monotonic() + SECONDS_KEPT, level=level)
    STORE.put(key, page)
    return page


def _is_for_everyone(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether nothing in an answer is meant for one reader: no cookie, no form token, no nonce."""
    return not (response.cookies or b"csrfmiddlewaretoken" in response.content or hasattr(request, "_csp_nonce"))


def _count(request: HttpRequest, visit: Visit) -> None:
    if request.method == "GET":
        COUNTING.count(visit, request.META.get("HTTP_USER_AGENT", ""))


def _answer(request: HttpRequest, page: Kept) -> HttpResponse:
    """Send a kept page, or nothing where the browser has it already. No one touches the headers after this."""
    meta = request.META
    if page.etag in meta.get("HTTP_IF_NONE_MATCH", ""):
        unchanged = HttpResponseNotModified()
        for name in ("Cache-Control", "Vary", "ETag"):
            unchanged.headers[name] = page.plain.headers[name]
        return unchanged
    body = page.packed if "gzip" in meta.get("HTTP_ACCEPT_ENCODING", "") else page.plain
    response = HttpResponse(body.content)
    response.headers = body.headers
    return response
