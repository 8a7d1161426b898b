"""The console's front door."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from tongban.foundation.organizations.guards import ActorRequest, official
from tongban.foundation.organizations.permissions import allows

FIRST_PAGES = (
    ("accounts.view", "console:accounts"),
    ("postings.view", "console:postings"),
    ("audit.read", "console:audit"),
    ("postings.confirm", "console:proposals"),
)


@official
@require_GET
def home(request: ActorRequest) -> HttpResponseBase:
    """Send each administrator to their own first page; to others the console does not exist."""
    for code, name in FIRST_PAGES:
        if allows(request.actor, code):
            return redirect(name)
    raise Http404
