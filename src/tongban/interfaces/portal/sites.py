"""Which site of the group a request is for, and how addresses on it and on the others are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.engines.publishing import queries as publishing
from tongban.foundation.organizations.actor import ANONYMOUS
from tongban.foundation.organizations.guards import public
from tongban.foundation.packs.localized import localized
from tongban.interfaces.portal.drawing import draw
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.keeping import View, begin_anew, kept, making, snapshot
from tongban.interfaces.portal.serving.store import Visit

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tongban.engines.publishing.queries import ColumnFrame, Group, SiteFrame
    from tongban.interfaces.portal.serving.variants import Key

OWN_COLOR = "#0b4ea2"
"""The color of the stylesheet itself; a site of another color brings a few lines of its own."""


@dataclass(frozen=True, slots=True)
class Here:
    """The site a request is for.

    :param base: the path its addresses begin with: ``/`` on a host of its own, else ``/sites/<code>/``
    """

    group: Group
    site: SiteFrame
    base: str
    scheme: str
    host: str

    def column(self, column: ColumnFrame) -> str:
        """Return the address of a column of this site."""
        return self.base + column.address

    def article(self, pk: int) -> str:
        """Return the address of an article on this site."""
        return f"{self.base}articles/{pk}/"

    def absolute(self, path: str) -> str:
        """Return an address with scheme and host."""
        return path if "://" in path else f"{self.scheme}://{self.host}{path}"

    def home_of(self, other: SiteFrame) -> str:
        """Return the address of a site's home, from here.

        In production a site is named by its own host. On one machine all sites are below one address, and next to each
        other once a reader has come by a host name such as ``wuhan.localhost``.
        """
        if other.id == self.site.id:
            return self.base
        if other.host and settings.PRODUCTION:
            return f"{self.scheme}://{other.host}/"
        main = self.group.main
        if self.base != "/" or (main is not None and self.site.id == main.id):
            return "/" if other.is_main else f"/sites/{other.code}/"
        name, colon, port = self.host.partition(":")
        outer = other.host or (name.partition(".")[2] if other.is_main else f"{other.code}.{name.partition('.')[2]}")
        return f"{self.scheme}://{outer}{colon}{port}/"

    @property
    def hall(self) -> str:
        """Return the address of the service hall."""
        return "/hall/"


@dataclass(frozen=True, slots=True)
class Texts:
    """What header and footer of a site say; the names are those of the installation's own texts."""

    name: str
    slogan: str
    place: str
    organizer: str
    operator: str
    site_code: str
    icp: str
    police: str
    hotline: str


def texts(site: SiteFrame) -> Texts:
    """Return the texts of a site."""
    values = site.settings
    return Texts(
        name=site.name,
        slogan=localized(values.get("slogan")),
        place=site.region or site.short_name,
        organizer=localized(values.get("organizer")) or site.unit,
        operator=localized(values.get("operator")),
        site_code=site.identification_code,
        icp=localized(values.get("icp")),
        police=localized(values.get("police")),
        hotline=localized(values.get("hotline")),
    )


def find(request: HttpRequest, code: str) -> Here | None:
    """Return the site of a request: named in its path, else by its host; None if there is no such site."""
    return _site_of(publishing.group(), request, code)


def find_as_known(request: HttpRequest, code: str) -> Here | None:
    """Return the site of a request as it was when somebody looked last.

    For pages that are read in one statement: it tells whether that is still so (:attr:`Group.mark`).
    """
    group = publishing.last_group()
    return _site_of(group, request, code) if group is not None else None


def _site_of(group: Group, request: HttpRequest, code: str) -> Here | None:
    host = request.get_host()
    if code:
        named = group.by_code(code)
        return Here(group, named, f"/sites/{code}/", str(request.scheme), host) if named else None
    found = group.by_host(host.rpartition(":")[0].lower() if ":" in host and not host.endswith("]") else host.lower())
    return Here(group, found, "/", str(request.scheme), host) if found else None


Quick = Callable[..., "HttpResponse | None"]


def site_page(*parameters: str, at_once: Quick | None = None) -> Callable[[View], View]:
    """Open a page of the site group to everyone: find the site, render in one snapshot, keep the page, count the view.

    :param parameters: names the address may carry for the page to be kept
    :param at_once: makes the usual page from one statement, with the sites as they are known; where it returns None (another
        kind of page, a changed site) the view makes it in a snapshot
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest, *args: Any, site: str = "", **kwargs: Any) -> HttpResponse:
            known = find_as_known(request, site) if at_once is not None else None
            if known is not None and at_once is not None:
                _begin(request, known)
                response = at_once(request, known, *args, **kwargs)
                if response is not None:
                    return response
                begin_anew(request)
            with snapshot():
                here = find(request, site)
                if here is None:
                    raise Http404
                _begin(request, here)
                response = view(request, here, *args, **kwargs)
                making(request).seal()
            return response

        return public(require_safe(kept(*parameters)(found)))  # type: ignore[return-value]

    return decorate


def _begin(request: HttpRequest, here: Here) -> None:
    made = making(request)
    made.uses(sites=[here.site.id])
    made.visit = Visit(here.site.id)


@dataclass(frozen=True, slots=True)
class MenuLink:
    """An entry of a site's menu."""

    url: str
    title: str
    current: bool


def menu(here: Here, current: ColumnFrame | None) -> list[MenuLink]:
    """Return the main menu of a site: its home, its top columns; services lead into the hall."""
    top = here.site.trail(current)[0].id if current else None
    links = [MenuLink(here.base, "", current=False)]
    for column in here.site.top_columns:
        url = here.hall if column.scheme_code == "services" else here.column(column)
        links.append(MenuLink(url, column.name, current=column.id == top))
    return links


def site_render(
    request: HttpRequest,
    here: Here,
    template: str,
    context: dict[str, Any],
    *,
    column: Column,
    frame: ColumnFrame | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page of a site with its header, menu, footer and page tags."""
    is_home = request.path == here.base
    around = {
        "here": here,
        "site": texts(here.site),
        "column": column,
        "frame": frame,
        "is_home": is_home,
        "own_color": here.site.look.get("color", OWN_COLOR) != OWN_COLOR,
        "english": (get_language() or "").startswith("en"),
        "counter": _counter(getattr(context.get("rows"), "visits", 0)),
    }
    key: Key | None = getattr(request, "page_key", None)
    if key is not None:
        own = {
            "request": request,
            "display_mode": key.display,
            "actor": ANONYMOUS,
            "csrf_token": SimpleLazyObject(lambda: get_token(request)),
            "site_menu": SimpleLazyObject(lambda: menu(here, frame)),
        }
        top = here.site.trail(frame)[0].id if frame else 0
        page = draw(request, here, template, own | around | context, (key.display, top, is_home))
        if page is not None:
            return HttpResponse(page, status=status)
    return render(request, template, around | {"site_menu": menu(here, frame)} | context, status=status)


def _counter(visits: int) -> str:
    """Return the public counter in the footer; nothing where there is none."""
    return format_html("<span>{}</span>", _("本站累计浏览 %(number)s 次") % {"number": f"{visits:,}"}) if visits else ""


def tags_of(column: ColumnFrame) -> Column:
    """Return the page tags of a column (国办发〔2017〕47号)."""
    return Column(column.name, column.description, column.keywords or column.name, kind_of(column))


KINDS = {
    "news": "新闻动态",
    "open": "政务公开",
    "policy": "政策文件",
    "services": "办事服务",
    "interaction": "互动交流",
    "data": "数据发布",
    "about": "概况信息",
    "topics": "专题专栏",
}


def kind_of(column: ColumnFrame) -> str:
    """Return the type of a column as the page tags name it."""
    return KINDS.get(column.path.strip("/").partition("/")[0], "信息公开")
