"""The law library: lists with filters, and full-text search in single articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.engines.publishing.queries import library as documents
from tongban.interfaces.portal.sites import Here, site_render, tags_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tongban.engines.publishing.queries import ColumnFrame


def library(request: HttpRequest, here: Here, frame: ColumnFrame) -> HttpResponse:
    """A law library's list; with a question, the articles that hold it."""
    query = request.GET
    filters = documents.Filters(
        level=query.get("level", "")[:60], validity=query.get("validity", "")[:20], issuer=query.get("issuer", "")[:100]
    )
    asked = query.get("q", "").strip()[:60]
    context = {
        "found": documents.laws([frame], filters, page=query.get("page", "1")),
        "filters": filters,
        "asked": asked,
        "terms": asked.split(),
        "provisions": documents.search_provisions([frame], asked, validity=filters.validity) if asked else [],
    }
    return site_render(request, here, "portal/site/library.html", context, column=tags_of(frame), frame=frame)
