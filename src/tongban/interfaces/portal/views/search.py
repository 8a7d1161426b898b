"""Search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.engines.catalog import queries as catalog
from tongban.engines.catalog.actions import remember_search
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column, page
from tongban.interfaces.portal.places import place_of
from tongban.interfaces.portal.views.items import filters_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Items that match what was typed; without a match the similar ones, else help."""
    text = request.GET.get("q", "").strip()
    filters = filters_of(request)
    found = catalog.search(text, filters, page=request.GET.get("page", 1))
    if found.exact and "page" not in request.GET:
        remember_search(text, found=found.total, at=now())
    elsewhere = 0
    if text and not found.exact and filters.region and not place_of(request).is_whole:
        elsewhere = max(0, catalog.search(text, catalog.Filters(), size=1).total - found.total)
    context = {
        "found": found,
        "filters": filters,
        "elsewhere": elsewhere,
        "hot": [] if found.total else catalog.overview(filters.region).hot,
    }
    return page(request, "portal/search.html", context, column=Column(_("搜索"), _("搜索政务服务事项。")))
