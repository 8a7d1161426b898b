"""Lists of items: with filters, by theme, by life event, by unit; and the units of one item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.engines.catalog import queries as catalog
from tongban.engines.catalog.models import (
    CaseKindChoice,
    ItemTypeChoice,
    LifeEvent,
    OnlineDepthChoice,
    StandardItem,
    Theme,
)
from tongban.foundation.organizations.guards import public
from tongban.foundation.organizations.models import Unit
from tongban.foundation.packs.localized import localized
from tongban.interfaces.portal.page import Column, page
from tongban.interfaces.portal.places import place_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CHOICES = {
    "type": ("item_type", ItemTypeChoice),
    "depth": ("depth", OnlineDepthChoice),
    "kind": ("kind", CaseKindChoice),
}
AUDIENCES = ("personal", "legal")


def filters_of(request: HttpRequest, **fixed: str) -> catalog.Filters:
    """Return the filters of the address; a value that no list has is ignored."""
    values: dict[str, Any] = {"region": place_of(request).path}
    for parameter, (name, choices) in CHOICES.items():
        given = request.GET.get(parameter, "")
        values[name] = given if given in choices.values else ""
    audience = request.GET.get("for", "")
    values["audience"] = audience if audience in AUDIENCES else ""
    values["theme"] = request.GET.get("theme", "")[:40]
    values["unit"] = request.GET.get("unit", "")[:64]
    return catalog.Filters(**{**values, **fixed})


def _list(
    request: HttpRequest, template: str, filters: catalog.Filters, context: dict[str, Any], column: Column
) -> HttpResponse:
    listing = catalog.listing(filters, page=request.GET.get("page", 1))
    shown = {"listing": listing, "filters": filters, **context}
    return page(request, template, shown, column=column)


@public
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """All items that serve the region, narrowed by filters."""
    filters = filters_of(request)
    unit = Unit.objects.filter(code=filters.unit).first() if filters.unit else None
    context = {
        "totals": catalog.totals(filters),
        "themes": catalog.themes(filters.region),
        "types": ItemTypeChoice.choices,
        "depths": OnlineDepthChoice.choices,
        "kinds": CaseKindChoice.choices,
        "unit": unit,
    }
    column = Column(_("全部事项"), _("按对象、主题、类型和网办深度查找政务服务事项。"))
    return _list(request, "portal/items.html", filters, context, column)


@public
@require_safe
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """Items of one theme."""
    found = get_object_or_404(Theme, code=code)
    filters = filters_of(request, theme=code)
    others = [one for one in catalog.themes(filters.region) if one.audience == found.audience]
    column = Column(str(found), _("主题“%(name)s”下的政务服务事项。") % {"name": found})
    return _list(request, "portal/theme.html", filters, {"theme": found, "others": others}, column)


@public
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Life events with their items' number."""
    found = catalog.life_events(place_of(request).path)
    column = Column(_("一件事一次办"), _("把一件事要办的事项放在一起。"))
    return page(request, "portal/events.html", {"events": found}, column=column)


@public
@require_safe
def event(request: HttpRequest, code: str) -> HttpResponse:
    """Items of one life event."""
    found = get_object_or_404(LifeEvent, code=code)
    filters = filters_of(request, event=code)
    context = {"event": found, "summary": localized(found.summary)}
    return _list(request, "portal/event.html", filters, context, Column(str(found), localized(found.summary)))


@public
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Units of the region that carry items out."""
    found = catalog.units(place_of(request).path)
    column = Column(_("按部门找"), _("按实施部门查找政务服务事项。"))
    return page(request, "portal/units.html", {"units": found}, column=column)


@public
@require_safe
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """The units that carry one item out in the region; the only one is gone to at once."""
    item = get_object_or_404(StandardItem, code=code)
    found = catalog.units_of_item(code, place_of(request).path)
    if not found:
        found = catalog.units_of_item(code)
    if not found:
        raise Http404
    if len(found) == 1:
        return redirect("portal:guide", found[0].code)
    groups: dict[str, list[catalog.UnitRow]] = {}
    for row in found:
        groups.setdefault(row.city, []).append(row)
    column = Column(str(item), localized(item.description))
    return page(request, "portal/choose.html", {"item": item, "groups": groups, "count": len(found)}, column=column)
