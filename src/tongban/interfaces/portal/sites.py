"""Which site of the group a request is for, and how addresses on it and on the others are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tongban.engines.publishing import queries as publishing
from tongban.foundation.organizations.guards import public
from tongban.foundation.packs.localized import localized
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.keeping import View, kept, making
from tongban.interfaces.portal.serving.store import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from tongban.engines.publishing.queries import ColumnFrame, Group, SiteFrame

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
    group = publishing.group()
    host = request.get_host()
    if code:
        named = group.by_code(code)
        return Here(group, named, f"/sites/{code}/", str(request.scheme), host) if named else None
    found = group.by_host(host.rpartition(":")[0].lower() if ":" in host and not host.endswith("]") else host.lower())
    return Here(group, found, "/", str(request.scheme), host) if found else None


def site_page(*parameters: str) -> Callable[[View], View]:
    """Open a page of the site group to everyone: find the site, render in one snapshot, keep the page, count the view.

    :param parameters: names the address may carry for the page to be kept
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest, *args: Any, site: str = "", **kwargs: Any) -> HttpResponse:
            here = find(request, site)
            if here is None:
                raise Http404
            made = making(request)
            made.uses(sites=[here.site.id])
            made.visit = Visit(here.site.id)
            return view(request, here, *args, **kwargs)

        return public(require_safe(kept(*parameters)(found)))  # type: ignore[return-value]

    return decorate


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
    look = here.site.look.get("color", OWN_COLOR)
    around = {
        "here": here,
        "site": texts(here.site),
        "column": column,
        "frame": frame,
        "site_menu": menu(here, frame),
        "is_home": request.path == here.base,
        "own_color": look != OWN_COLOR,
        "english": (get_language() or "").startswith("en"),
    }
    return render(request, template, around | context, status=status)


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
