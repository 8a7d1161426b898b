"""Preferences that need no account, the posting switch, and the living style guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from tongban.foundation.organizations.guards import public, signed_in
from tongban.foundation.organizations.middleware import POSTING_SESSION_KEY
from tongban.foundation.ui.context import DISPLAY_COOKIE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    """Return where to go afterwards: ``next`` if it stays on this site, else the home page."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


@public
def display(request: HttpRequest) -> HttpResponse:
    """Switch between standard and large-text mode; a harmless preference, so a plain link may do it."""
    mode = request.POST.get("mode") or request.GET.get("mode")
    response = HttpResponseRedirect(_back(request))
    if mode == "elder":
        response.set_cookie(DISPLAY_COOKIE, "elder", max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(DISPLAY_COOKIE, samesite="Lax")
    return response


@public
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page; a harmless preference, so a plain link may do it."""
    code = request.POST.get("language") or request.GET.get("language") or ""
    response = HttpResponseRedirect(_back(request))
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_POST
@signed_in
def posting(request: HttpRequest) -> HttpResponse:
    """Choose under which posting one works in this session."""
    chosen = request.POST.get("posting", "")
    held = {str(item.pk): item.pk for item in request.actor.postings}  # type: ignore[attr-defined]
    if chosen not in held:
        raise Http404
    request.session[POSTING_SESSION_KEY] = held[chosen]
    request.session.cycle_key()
    return HttpResponseRedirect(_back(request))


@public
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component; only where invented people live (demo and test)."""
    if settings.OPTIONS.mode == "production":
        raise Http404
    from tongban.foundation.ui.styleguide import page

    return page(request)
