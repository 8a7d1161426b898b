"""The home of the hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.engines.catalog import queries as catalog
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column, page
from tongban.interfaces.portal.places import place_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@require_safe
def hall(request: HttpRequest) -> HttpResponse:
    """Search, progress, themes, life events and the items people use most."""
    overview = catalog.overview(place_of(request).path)
    column = Column(_("政务服务"), _("查事项、看指南、在线办理、查进度、核验证照。"), _("政务服务,办事指南,在线办理"))
    return page(request, "portal/hall.html", {"overview": overview}, column=column)
