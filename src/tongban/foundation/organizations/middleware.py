"""Puts the actor on each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tongban.foundation.accounts.models import Account
from tongban.foundation.clock.now import today
from tongban.foundation.organizations.actor import ANONYMOUS, actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

POSTING_SESSION_KEY = "posting"
PRINCIPAL_SESSION_KEY = "principal"


class ActorMiddleware:
    """Set ``request.actor`` from the signed-in account and the posting chosen in the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Resolve the actor and go on."""
        user = request.user
        request.actor = (  # type: ignore[attr-defined]
            actor_of(
                user,
                on=today(),
                posting_id=request.session.get(POSTING_SESSION_KEY),
                principal_id=request.session.get(PRINCIPAL_SESSION_KEY),
            )
            if isinstance(user, Account) and user.is_active
            else ANONYMOUS
        )
        return self.get_response(request)
