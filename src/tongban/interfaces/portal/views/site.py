"""The pages of a site: home, columns, map, the entry for information requests, its color."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.models import Column as ColumnModel
from tongban.engines.publishing.queries.lists import Wanted, page_wanted
from tongban.engines.publishing.queries.stamps import stamps_part
from tongban.foundation.clock.now import now
from tongban.foundation.organizations.guards import public
from tongban.foundation.organizations.models import Unit
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.keeping import begin_anew, kept, making, snapshot
from tongban.interfaces.portal.serving.store import Visit
from tongban.interfaces.portal.sites import Here, find, find_as_known, site_page, site_render, tags_of
from tongban.interfaces.portal.views.catalogue import column as catalogue_column
from tongban.interfaces.portal.views.catalogue import request_url
from tongban.interfaces.portal.views.layout import home_rows, topic_rows
from tongban.interfaces.portal.views.library import library

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tongban.engines.publishing.queries import ColumnFrame

Kind = ColumnModel.Kind
LIST = "portal/site/list.html"
PARAMETERS = (
    "page",
    "before",
    "after",
    "n",
    "until",
    "q",
    "level",
    "validity",
    "issuer",
    "subject",
    "unit",
    "year",
    "law",
)


@public
@require_safe
@kept()
def home(request: HttpRequest, site: str = "") -> HttpResponse:
    """The home of a site; where no site group is loaded, the hall is the first page."""
    known = find_as_known(request, site)
    response = _home(request, known) if known is not None else None
    if response is not None:
        return response
    with snapshot():
        here = find(request, site)
        response = _home(request, here) if here is not None else None
    if response is None:
        if site:
            raise Http404
        return redirect("portal:hall")
    return response


def _home(request: HttpRequest, here: Here) -> HttpResponse | None:
    """Make a site's home; None if the site has changed since it was read."""
    rows = topic_rows(here, at=now()) if here.site.is_topic else home_rows(here, at=now())
    if rows.mark != here.group.mark:
        return None
    made = begin_anew(request)
    made.visit, made.stamps = Visit(here.site.id), rows.stamps
    made.uses(sites=[one.id for one in here.group], columns=rows.sources)
    tags = Column(here.site.name, _("%(name)s首页") % {"name": here.site.name}, here.site.short_name, "首页")
    template = "portal/site/topic.html" if here.site.is_topic else "portal/site/home.html"
    return site_render(request, here, template, {"rows": rows}, column=tags)


def _list_at_once(request: HttpRequest, here: Here, path: str) -> HttpResponse | None:
    """Make the page of a column that is a plain list."""
    frame = here.site.by_path.get(f"/{path}/")
    if frame is None or frame.children or frame.kind not in (Kind.LIST, Kind.SPECIAL):
        return None
    wanted = _wanted(request, frame)
    sources = {frame.id, frame.source_id}
    *found, stamps, mark = publishing.at_once(
        *wanted.parts, stamps_part([here.site.id], list(sources)), publishing.MARK
    )
    if mark != here.group.mark:
        return None
    made = making(request)
    made.visit, made.stamps = Visit(here.site.id, frame.id), stamps
    made.uses(columns=sources)
    return _listed(request, here, frame, LIST, {"list": wanted.page(*found)})


@site_page(*PARAMETERS, at_once=_list_at_once)
def column(request: HttpRequest, here: Here, path: str) -> HttpResponse:
    """A column, each kind in its own way."""
    frame = here.site.by_path.get(f"/{path}/")
    if frame is None:
        raise Http404
    made = making(request)
    made.visit = Visit(here.site.id, frame.id)
    made.uses(columns=[frame.id, frame.source_id])
    if frame.kind == Kind.LIBRARY:
        return library(request, here, frame)
    if frame.kind == Kind.OPEN_INFORMATION:
        return catalogue_column(request, here, frame)
    if frame.kind == Kind.SERVICE:
        return _service(request, here, frame)
    if frame.kind == Kind.SINGLE:
        return _single(request, here, frame)
    if frame.children:
        return _top(request, here, frame)
    if frame.kind == Kind.INTERACTIVE:
        return _interactive(request, here, frame)
    return listed(request, here, frame, LIST, {})


def listed(
    request: HttpRequest, here: Here, frame: ColumnFrame, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Show one page of a column's items."""
    wanted = _wanted(request, frame)
    page = wanted.page(*publishing.at_once(*wanted.parts))
    return _listed(request, here, frame, template, {"list": page, **context})


def _wanted(request: HttpRequest, frame: ColumnFrame) -> Wanted:
    """Return which page of a column an address asks for."""
    query = request.GET
    number = query.get("n") or query.get("page") or "1"
    return page_wanted(
        frame,
        at=now(),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        older_than=publishing.Key.read(query.get("before", "")),
        newer_than=publishing.Key.read(query.get("after", "")),
    )


def _listed(
    request: HttpRequest, here: Here, frame: ColumnFrame, template: str, context: dict[str, Any]
) -> HttpResponse:
    shown = {"siblings": siblings(here, frame), **context}
    return site_render(request, here, template, shown, column=tags_of(frame), frame=frame)


def siblings(here: Here, frame: ColumnFrame) -> list[ColumnFrame]:
    """Return the columns beside one, itself among them."""
    parent = here.site.columns.get(frame.parent_id or 0)
    return here.site.children(parent) if parent else []


def _top(request: HttpRequest, here: Here, frame: ColumnFrame) -> HttpResponse:
    children = here.site.children(frame)
    lists = [child for child in children if child.is_shown_as_list]
    making(request).uses(columns=[pk for child in lists for pk in (child.id, child.source_id)])
    found = publishing.blocks(lists, at=now(), most=6)
    blocks = [(child, found[child.id]) for child in lists if found[child.id]]
    context = {
        "children": children,
        "blocks": blocks,
        "empty": [child for child in lists if not found[child.id]],
    }
    return site_render(request, here, "portal/site/top.html", context, column=tags_of(frame), frame=frame)


def _single(request: HttpRequest, here: Here, frame: ColumnFrame) -> HttpResponse:
    newest = publishing.blocks([frame], at=now(), most=1)[frame.id]
    article = publishing.published(newest[0].id) if newest else None
    context = {"article": article, "siblings": siblings(here, frame)}
    return site_render(request, here, "portal/site/single.html", context, column=tags_of(frame), frame=frame)


def _interactive(request: HttpRequest, here: Here, frame: ColumnFrame) -> HttpResponse:
    unit = Unit.objects.get(pk=frame.unit_id)
    return listed(request, here, frame, "portal/site/interactive.html", {"unit": unit})


def _service(request: HttpRequest, here: Here, frame: ColumnFrame) -> HttpResponse:
    if frame.scheme_code != "open.requests":
        return listed(request, here, frame, LIST, {})
    guide = next((one for one in here.site.columns.values() if one.scheme_code == "open.guide"), None)
    context = {
        "unit": Unit.objects.get(pk=frame.unit_id),
        "guide": guide,
        "siblings": siblings(here, frame),
        "request_url": request_url(),
    }
    return site_render(request, here, "portal/site/request.html", context, column=tags_of(frame), frame=frame)


@site_page()
def site_map(request: HttpRequest, here: Here) -> HttpResponse:
    """Every column of a site, and every site of the group."""
    sites = [(one, here.home_of(one)) for one in here.group]
    making(request).uses(sites=[one.id for one in here.group])
    tree = [(top, here.site.children(top)) for top in here.site.top_columns]
    tags = Column(_("网站地图"), _("本站全部栏目和网站群的全部站点。"), "", "网站地图")
    return site_render(request, here, "portal/site/map.html", {"tree": tree, "sites": sites}, column=tags)


def _mixed(color: str, other: int, share: float) -> str:
    """Return a color mixed with black (0) or white (255)."""
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part * (1 - share) + other * share):02x}" for part in parts)


@public
@require_safe
def look(request: HttpRequest, site: str = "") -> HttpResponse:
    """The color of a site, for light screens in standard mode only: elder and dark mode keep their own contrast."""
    here = find(request, site)
    if here is None:
        raise Http404
    color = str(here.site.look.get("color", "#0b4ea2"))
    values = f"--brand:{color};--brand-deep:{_mixed(color, 0, 0.25)};--nav:{_mixed(color, 0, 0.25)};--brand-tint:{_mixed(color, 255, 0.91)}"
    text = f"@media (prefers-color-scheme:light){{:root:not([data-mode=elder]){{{values}}}}}\n"
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
