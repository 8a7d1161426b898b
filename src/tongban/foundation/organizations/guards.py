"""Every endpoint declares who may come in; an endpoint that declares nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse

from tongban.foundation.organizations.permissions import NotAllowedError, allows

if TYPE_CHECKING:
    from django.http import HttpRequest

P = ParamSpec("P")
View = Callable[..., HttpResponse]

PUBLIC = "public"
SIGNED_IN = "signed-in"
OFFICIAL = "official"


def _declare(code: str, view: View) -> View:
    view.permission_code = code  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open an endpoint to everyone."""
    return _declare(PUBLIC, view)


def signed_in(view: View) -> View:
    """Open an endpoint to anyone who has signed in; others are sent to the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.actor.is_signed_in:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return _declare(SIGNED_IN, guarded)


def permitted(code: str) -> Callable[[View], View]:
    """Open an endpoint to those who hold a permission; others signed in get 404, strangers the sign-in page.

    Inside, the view still goes through ``visible`` or an action, which check the object.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor  # type: ignore[attr-defined]
            if not actor.is_signed_in:
                return redirect_to_login(request.get_full_path())
            if not allows(actor, code):
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except NotAllowedError as refused:
                raise Http404 from refused

        return _declare(code, guarded)

    return decorate
