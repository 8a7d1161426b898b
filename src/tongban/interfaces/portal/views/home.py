"""The first page of a host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from tongban.foundation.organizations.guards import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where no site is loaded, the hall is the first page."""
    return redirect("portal:hall")
