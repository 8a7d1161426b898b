"""What an article will look like: the working copy in the public template, on a site and in a mode of one's choice."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.actions.drafting import fill
from tongban.engines.publishing.permissions import VIEW
from tongban.engines.publishing.queries.reading import Reading, Shown
from tongban.engines.publishing.queries.working import articles_of, latest_content
from tongban.foundation.clock.now import CHINA, now
from tongban.foundation.organizations.guards import ActorRequest, permitted
from tongban.interfaces.portal.sites import Here, site_render, tags_of
from tongban.interfaces.portal.views.article import DOCUMENT_KINDS


@csp_replace({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@permitted(VIEW.code)
@require_safe
@never_cache
def preview(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the working copy of an article to those who may see it at the desk."""
    row = articles_of(request.actor).filter(pk=pk).select_related("unit", "column").first()
    group = publishing.group()
    site = group.by_code(request.GET.get("site", "")) or group.main
    if row is None or site is None:
        raise Http404
    fill(row, latest_content(row))
    found = site.of_source({row.column_id})
    column = found[0] if found else next(frame for frame in site.columns.values() if frame.is_shown_as_list)
    at = row.published_at or now()
    here = Here(group, site, "/" if site.is_main else f"/sites/{site.code}/", str(request.scheme), request.get_host())
    shown = Shown(site, column, at)
    reading = Reading(row, shown, shown, (), [], [], [], [], [])
    context = {
        "reading": reading,
        "article": row,
        "described": row.summary or row.title,
        "source": row.source or row.unit.name,
        "published": at.astimezone(CHINA),
        "canonical": here.absolute(here.article(pk)),
        "json_ld": mark_safe("{}"),
        "home": None,
        "home_url": here.base,
        "is_document": row.kind in DOCUMENT_KINDS or bool(row.index_no or row.doc_no),
        "older": None,
        "newer": None,
        "others": [],
        "display_mode": "elder" if request.GET.get("mode") == "elder" else "",
    }
    return site_render(request, here, "portal/site/article.html", context, column=tags_of(column), frame=column)
