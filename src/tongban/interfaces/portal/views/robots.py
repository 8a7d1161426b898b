"""What search engines ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongban.engines.catalog import queries as catalog
from tongban.engines.publishing import queries as publishing
from tongban.foundation.organizations.guards import public

if TYPE_CHECKING:
    from django.http import HttpRequest

PRIVATE = ("/my/", "/desk/", "/console/", "/accounts/", "/phone/", "/progress/")
PAGES = ("portal:hall", "portal:items", "portal:units", "portal:events")


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of personal pages and name the site map."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    map_of = "portal:sitemap" if publishing.group().main else "portal:sitemap_hall"
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse(map_of))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
def sitemap_hall(request: HttpRequest) -> HttpResponse:
    """Every public page of the hall with the day it changed."""
    pages = [(request.build_absolute_uri(reverse(name)), None) for name in PAGES]
    guides = [
        (request.build_absolute_uri(reverse("portal:guide", args=[code])), updated)
        for code, updated in catalog.guide_addresses()
    ]
    return render(request, "portal/sitemap.xml", {"pages": [*pages, *guides]}, content_type="application/xml")


@public
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask by habit to the logo."""
    return redirect(static("ui/logo.svg"), permanent=True)
