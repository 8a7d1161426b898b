"""Every endpoint declares who may come in; an endpoint that declares nothing is refused by a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from tongban.foundation.audit.actions import record
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.permissions import NotAllowedError, allows

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from tongban.foundation.organizations.actor import Actor

View = Callable[..., HttpResponseBase]

PUBLIC = "public"
SIGNED_IN = "signed-in"
OFFICIAL = "official"
SECURITY = "security"
"""The audit stream of refused decisions."""


class ActorRequest(HttpRequest):
    """A request as guarded views get it: with the actor, and with what htmx says."""

    actor: Actor
    htmx: HtmxDetails


def _declare(code: str, view: View) -> View:
    view.permission_code = code  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open an endpoint to everyone."""

    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _answer(view, request, args, kwargs)

    return _declare(PUBLIC, guarded)


def signed_in(view: View) -> View:
    """Open an endpoint to anyone who has signed in; others are sent to the sign-in page."""

    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.is_signed_in:
            return redirect_to_login(_back(request))
        return _answer(view, request, args, kwargs)

    return _declare(SIGNED_IN, guarded)


def official(view: View) -> View:
    """Open an endpoint to anyone who holds a posting; others signed in get 404, strangers the sign-in page."""

    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.is_signed_in:
            return redirect_to_login(_back(request))
        if not request.actor.is_official:
            note_refusal(request, OFFICIAL)
            raise Http404
        return _answer(view, request, args, kwargs)

    return _declare(OFFICIAL, guarded)


def permitted(code: str) -> Callable[[View], View]:
    """Open an endpoint to those who hold a permission; others signed in get 404, strangers the sign-in page.

    Inside, the view still goes through ``visible`` or an action, which check the object. What they refuse is 404 too,
    so that "not yours" and "does not exist" look the same; the audit record keeps the difference.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.actor.is_signed_in:
                return redirect_to_login(_back(request))
            if not allows(request.actor, code):
                note_refusal(request, code)
                raise Http404
            return _answer(view, request, args, kwargs)

        return _declare(code, guarded)

    return decorate


def note_refusal(request: ActorRequest, code: str) -> None:
    """Record a refused decision (ASVS 16.3.2): who, which permission, which address; never the query or the form."""
    record(
        stream=SECURITY,
        kind="access.refused",
        actor=request.actor.key,
        at=now(),
        data={"permission": code, "method": str(request.method), "path": _printable(request.path)},
    )


def _answer(view: View, request: ActorRequest, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except NotAllowedError as refused:
        note_refusal(request, refused.permission)
        raise Http404 from refused


def _back(request: HttpRequest) -> str:
    """Return where to go after signing in: this page if it can be asked for again."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else "/"


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:200]
