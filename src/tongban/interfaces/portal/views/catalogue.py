"""The catalogue of open information (政府信息公开条例 Art. 20): by subject, by unit, by year; the figures of a year (Art. 50)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.affairs.disclosure.queries.annual import REQUEST_ITEM, annual_figures
from tongban.engines.catalog import queries as catalog
from tongban.engines.publishing.models import Column as ColumnModel
from tongban.engines.publishing.models import Site
from tongban.engines.publishing.queries import library as documents
from tongban.foundation.clock.now import today
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.keeping import making
from tongban.interfaces.portal.sites import Here, site_page, site_render, tags_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tongban.engines.publishing.queries import ColumnFrame

PARAMETERS = ("subject", "unit", "year", "validity", "page")


def _filters(request: HttpRequest) -> documents.Filters:
    names = ("subject", "unit", "year", "validity")
    return documents.Filters(**{name: request.GET.get(name, "")[:64] for name in names})


@site_page(*PARAMETERS)
def catalogue(request: HttpRequest, here: Here) -> HttpResponse:
    """All columns of open information together."""
    columns = here.site.of_kind(ColumnModel.Kind.OPEN_INFORMATION)
    if not columns:
        raise Http404
    making(request).uses(columns=[pk for one in columns for pk in (one.id, one.source_id)])
    filters = _filters(request)
    tags = Column(_("政府信息公开目录"), _("依法主动公开的政府信息，可按主题、机构和年份查找。"), "", "政务公开")
    parent = here.site.columns.get(columns[0].parent_id or 0)
    context = {
        "found": documents.catalogue(columns, filters, page=request.GET.get("page", "1")),
        "filters": filters,
        "columns": here.site.children(parent) if parent else columns,
        "trail": [parent] if parent else [],
    }
    return site_render(request, here, "portal/site/catalogue.html", context, column=tags)


def column(request: HttpRequest, here: Here, frame: ColumnFrame) -> HttpResponse:
    """One column of the catalogue."""
    filters = _filters(request)
    parent = here.site.columns.get(frame.parent_id or 0)
    context = {
        "found": documents.catalogue([frame], filters, page=request.GET.get("page", "1")),
        "filters": filters,
        "columns": here.site.children(parent) if parent else [frame],
        "trail": [parent] if parent else [],
        "report_year": today().year - 1 if frame.scheme_code == "open.annual-reports" else 0,
    }
    return site_render(request, here, "portal/site/catalogue.html", context, column=tags_of(frame), frame=frame)


YEARS_SHOWN = 5


@site_page()
def annual(request: HttpRequest, here: Here, year: int) -> HttpResponse:
    """The figures of the annual report on open information, made from what the platform holds."""
    newest = today().year
    columns = here.site.of_kind(ColumnModel.Kind.OPEN_INFORMATION)
    if here.site.kind == Site.Kind.TOPIC or not columns or not newest - YEARS_SHOWN < year <= newest:
        raise Http404
    making(request).uses(columns=[pk for one in columns for pk in (one.id, one.source_id)])
    frame = next((one for one in columns if one.scheme_code == "open.annual-reports"), None)
    title = _("%(year)s 年政府信息公开工作数据") % {"year": year}
    context = {
        "figures": annual_figures(here.site.id, year),
        "title": title,
        "years": range(newest, newest - YEARS_SHOWN, -1),
        "is_running": year == newest,
        "as_of": today(),
    }
    tags = Column(title, _("政府信息公开工作年度报告的数据表，由平台的记录汇总。"), "", "政务公开")
    return site_render(request, here, "portal/site/annual.html", context, column=tags, frame=frame)


def request_url() -> str:
    """Return where information is asked for online; empty while no unit offers it."""
    offered = catalog.published().filter(standard_item__code=REQUEST_ITEM, is_online=True)
    return reverse("portal:choose", args=[REQUEST_ITEM]) if offered.exists() else ""
