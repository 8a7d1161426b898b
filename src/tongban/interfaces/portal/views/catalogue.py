"""The catalogue of open information (政府信息公开条例 Art. 20): by subject, by unit, by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext as _

from tongban.engines.publishing.models import Column as ColumnModel
from tongban.engines.publishing.queries import library as documents
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
    }
    return site_render(request, here, "portal/site/catalogue.html", context, column=tags_of(frame), frame=frame)
