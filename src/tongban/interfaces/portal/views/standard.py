"""The service standard kept: promised and actual time by place, unit and item, and why limits were exceeded."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.affairs.supervision.queries import standard as queries
from tongban.foundation.organizations.guards import public
from tongban.foundation.organizations.models import Level, Region, Unit
from tongban.interfaces.portal.page import Column, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from tongban.affairs.supervision.models import PublishedMonth
    from tongban.affairs.supervision.queries.standard import StandardRow


def _column() -> Column:
    return Column(_("办理时限公开"), _("各地区、各单位、各事项承诺时限和实际用时，每月公布。"), kind="政务公开")


def _month(request: HttpRequest) -> tuple[PublishedMonth | None, list[PublishedMonth]]:
    """Return the month asked for (the latest by default) and all that are out.

    :raises Http404: for a month that is not out
    """
    months = queries.months()
    asked = request.GET.get("month", "")
    if not asked:
        return (months[0] if months else None), months
    try:
        day = dt.date.fromisoformat(f"{asked}-01")
    except ValueError as wrong:
        raise Http404 from wrong
    found = next((each for each in months if each.month == day), None)
    if found is None:
        raise Http404
    return found, months


@public
@require_safe
def region(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """Show a region: itself, the regions below it, its own units, and its late cases with their reasons."""
    rows = Region.objects.filter(level__lte=Level.COUNTY)
    place = get_object_or_404(rows, code=code) if code else rows.order_by("level", "code").first()
    if place is None:
        raise Http404
    month, months = _month(request)
    context: dict[str, Any] = {"standard_place": place.name, "trail": _trail(place), "month": month, "months": months}
    if month is not None:
        own, places, units = queries.of_region(month, place)
        if request.GET.get("format") == "csv":
            return _table([*([own] if own else []), *places, *units], f"standard-{place.code}-{month.month:%Y-%m}")
        late = queries.late_cases(month, region_path=place.path) if place.level == Level.COUNTY else []
        context |= {"own": own, "places": places, "units": units, "late": late, "region": place}
    return page(request, "portal/standard.html", context, column=_column())


@public
@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a unit: itself, its items, and its late cases with their reasons."""
    found = get_object_or_404(Unit.objects.select_related("region"), code=code)
    month, months = _month(request)
    county = Region.objects.filter(level__lte=Level.COUNTY, code__in=found.region_path.strip("/").split("/"))
    nearest = county.order_by("-level").first() or found.region
    context: dict[str, Any] = {
        "standard_place": found.name,
        "trail": [*_trail(nearest), nearest],
        "month": month,
        "months": months,
        "unit": found,
    }
    if month is not None:
        own, items = queries.of_unit(month, found)
        if request.GET.get("format") == "csv":
            return _table([*([own] if own else []), *items], f"standard-{found.code}-{month.month:%Y-%m}")
        context |= {"own": own, "items": items, "late": queries.late_cases(month, unit=found)}
    return page(request, "portal/standard.html", context, column=_column())


def _trail(place: Region) -> list[Region]:
    codes = [code for code in place.path.strip("/").split("/") if code and code != place.code]
    return list(Region.objects.filter(code__in=codes).order_by("level"))


class _Echo:
    """What a CSV writer writes to: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def _table(rows: list[StandardRow], name: str) -> HttpResponse | StreamingHttpResponse:
    """Return rows as CSV that spreadsheets read as Chinese (with a byte order mark)."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        head = [_("名称"), _("办结件数"), _("承诺（工作日）"), _("平均用时"), _("用时中位数"), _("按时率（%）")]
        yield writer.writerow(head)
        for row in rows:
            cells = (row.promised, row.mean, row.median, row.rate)
            yield writer.writerow([row.name, row.closed, *("" if cell is None else cell for cell in cells)])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
