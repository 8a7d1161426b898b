"""Choosing the region whose units one wants to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.foundation.organizations.guards import public
from tongban.foundation.organizations.models import Level, Region
from tongban.interfaces.portal.page import Column, page
from tongban.interfaces.portal.places import COOKIE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def region(request: HttpRequest) -> HttpResponse:
    """Show cities with their counties; choosing one keeps it in a cookie for a year."""
    if request.method == "POST":
        return _chosen(request)
    rows = list(Region.objects.filter(level__lte=Level.COUNTY).order_by("code"))
    provinces = [row for row in rows if row.level <= Level.PROVINCE]
    cities = [row for row in rows if row.level == Level.CITY]
    counties: dict[int | None, list[Region]] = {}
    for row in rows:
        if row.level == Level.COUNTY:
            counties.setdefault(row.parent_id, []).append(row)
    tree = [(city, counties.get(city.pk, [])) for city in cities]
    direct = [row for province in provinces for row in counties.get(province.pk, [])]
    context = {"provinces": provinces, "tree": tree, "direct": direct, "next": _back(request)}
    return page(request, "portal/region.html", context, column=Column(_("切换地区"), _("选择您要办事的地区。")))


def _chosen(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_back(request))
    code = request.POST.get("region", "")
    if Region.objects.filter(code=code, level__lte=Level.COUNTY).exists():
        response.set_cookie(COOKIE, code, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response
