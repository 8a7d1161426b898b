"""The same site group as Wagtail keeps it: one tree of pages. Each page renders Tongban's own template.

What the templates need is read from the tree as a Wagtail site does it: menus from the children of the root, lists from the
children of a column, breadcrumbs from the ancestors. Only the small frozen rows are shared.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from wagtail.models import Page, Site

from tongban.engines.publishing.queries import ColumnFrame, Entry, Group, ListPage, SiteFrame
from tongban.foundation.clock.now import CHINA
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.sites import Here, kind_of, site_render, tags_of
from tongban.interfaces.portal.views.layout import (
    DOCUMENTS,
    EXPLAINED,
    FIGURES,
    MORE_NEWS,
    MOST,
    NEWS,
    TALK,
    Block,
    HomeRows,
)

PAGE = 20
DRAWN: dict[Any, Any] = {}
"""Frames of the sites are kept here as in Tongban, so that both sides draw the same."""


class HomePage(Page):
    """A site's home."""

    site_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    names = models.JSONField()
    texts = models.JSONField()
    region = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=120)
    identification_code = models.CharField(max_length=10)
    visits = models.BigIntegerField(default=0)

    def frame(self, columns: list[ColumnFrame]) -> SiteFrame:
        """Return the site with the columns that the page needs."""
        return SiteFrame(
            id=self.pk, code=self.site_code, kind=self.kind, names=self.names, short_names=self.names, host="", parent_id=None,
            units={"zh": self.unit_name}, unit_id=0, regions={"zh": self.region}, identification_code=self.identification_code,
            settings=self.texts, look={}, stamp=0, columns={column.id: column for column in columns},
        )  # fmt: skip

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Render the home: every block is a column with its newest children."""
        columns = list(ColumnPage.objects.descendant_of(self).live().filter(scheme_code__in=_WANTED))
        codes = {column.scheme_code: column for column in columns}
        here = here_of(request, self, [])
        blocks = {}
        for code, column in codes.items():
            entries = [entry_of(page) for page in newest(column)[:MOST]]
            if entries:
                blocks[code] = Block(column.frame(), entries)
        homes = [(home.frame([]), home.url_path) for home in HomePage.objects.live().order_by("path")]
        heads = blocks["news.headlines"].entries if "news.headlines" in blocks else []
        below = {
            name: [child.frame() for child in codes[name].columns()]
            for name in ("open", "interaction")
            if name in codes
        }
        rows = HomeRows(
            head=heads[0] if heads else None,
            news=[blocks[code] for code in NEWS if code in blocks],
            documents=blocks.get(DOCUMENTS),
            explained=blocks.get(EXPLAINED),
            more_news=[blocks[code] for code in MORE_NEWS if code in blocks],
            open_columns=below.get("open", []),
            talk=blocks.get(TALK),
            talk_columns=below.get("interaction", []),
            figures=blocks.get(FIGURES),
            topic_sites=[pair for pair in homes if pair[0].is_topic],
            city_sites=[pair for pair in homes if pair[0].kind == "city"],
            visits=self.visits,
        )
        tags = Column(here.site.name, here.site.name, here.site.short_name, "首页")
        return site_render(request, here, "portal/site/home.html", {"rows": rows}, column=tags)


class ColumnPage(Page):
    """A column; its children are columns and articles."""

    source_id = models.BigIntegerField()
    scheme_code = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    names = models.JSONField()
    keywords = models.CharField(max_length=200, blank=True)
    unit_name = models.CharField(max_length=120)
    column_path = models.CharField(max_length=160)

    def columns(self) -> Any:
        """Return the columns right below."""
        return ColumnPage.objects.child_of(self).live().order_by("path")

    def frame(self) -> ColumnFrame:
        """Return the column as the templates show it."""
        return ColumnFrame(
            id=self.pk, site_id=0, parent_id=None, path=self.column_path, names=self.names, descriptions={}, keywords=self.keywords,
            kind=self.kind, watch="", units={"zh": self.unit_name}, unit_id=0, scheme_code=self.scheme_code, source_id=self.pk,
        )  # fmt: skip

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Render one page of the column."""
        trail, siblings = around(self)
        here = here_of(request, home_of(self), trail)
        number = request.GET.get("page", "1")
        page = Paginator(newest(self), PAGE).get_page(number)
        entries = [entry_of(row) for row in page.object_list]
        shown = ListPage(entries, page.number, page.paginator.count, None, None)
        frame = trail[-1]
        context = {"list": shown, "siblings": siblings}
        return site_render(request, here, "portal/site/list.html", context, column=tags_of(frame), frame=frame)


class ArticlePage(Page):
    """An article."""

    source_id = models.BigIntegerField()
    subtitle = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=600, blank=True)
    body = models.TextField(blank=True)
    source = models.CharField(max_length=100, blank=True)
    author = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=16)
    index_no = models.CharField(max_length=40, blank=True)
    doc_no = models.CharField(max_length=60, blank=True)
    written_on = models.DateField(null=True)
    validity = models.CharField(max_length=10, blank=True)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    published_on = models.DateTimeField(db_index=True)
    language = "zh-hans"
    abolished_by = subject = effective_on = abolished_on = None

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Render the article with its neighbors in the column."""
        column = self.get_parent().specific
        trail, _siblings = around(column)
        here = here_of(request, home_of(self), trail)
        frame = trail[-1]
        beside = ArticlePage.objects.child_of(column).live()
        older = list(beside.filter(published_on__lt=self.published_on).order_by("-published_on")[:3])
        newer = list(beside.filter(published_on__gt=self.published_on).order_by("published_on")[:3])
        reading = SimpleNamespace(
            article=self, related=[], abolishes=[], translations=[], attachments=[],
            newer=[entry_of(page) for page in newer], older=[entry_of(page) for page in older],
        )  # fmt: skip
        context = {
            "reading": reading,
            "article": self,
            "described": self.summary or self.title,
            "source": self.source or self.unit.name,
            "published": self.published_on.astimezone(CHINA),
            "canonical": request.build_absolute_uri(),
            "json_ld": "{}",
            "home": None,
            "home_url": here.base,
            "is_document": self.kind in ("document", "information"),
            "older": reading.older[0] if reading.older else None,
            "newer": reading.newer[0] if reading.newer else None,
            "others": [*reading.newer, *reading.older],
        }
        tags = Column(frame.name, self.summary or self.title, self.title, kind_of(frame))
        return site_render(request, here, "portal/site/article.html", context, column=tags, frame=frame)


_WANTED = ("open", "interaction", *NEWS, DOCUMENTS, EXPLAINED, *MORE_NEWS, TALK, FIGURES)


def newest(column: ColumnPage) -> Any:
    """Return a column's articles, the newest first."""
    return ArticlePage.objects.child_of(column).live().order_by("-published_on", "-pk")


def entry_of(page: ArticlePage) -> Entry:
    """Return an article as a line of a list."""
    return Entry(
        page.pk,
        page.title,
        page.published_on,
        page.kind,
        page.summary,
        page.doc_no,
        page.written_on,
        page.validity,
        "",
        None,
    )


def home_of(page: Page) -> HomePage:
    """Return the home of the site a page belongs to."""
    return HomePage.objects.ancestor_of(page).get()


def around(column: ColumnPage) -> tuple[list[ColumnFrame], list[ColumnFrame]]:
    """Return a column with those above it, and the columns beside it."""
    above = [page.frame() for page in ColumnPage.objects.ancestor_of(column, inclusive=True).order_by("depth")]
    beside = [page.frame() for page in ColumnPage.objects.sibling_of(column).live().order_by("path")]
    return above, beside


def here_of(request: Any, home: HomePage, trail: list[ColumnFrame]) -> Here:
    """Return the site as the templates ask for it, with the menu read from the children of its root."""
    Site.find_for_request(request)
    tops = [page.frame() for page in ColumnPage.objects.child_of(home).live().in_menu().order_by("path")]
    above = {frame.id for frame in tops}
    linked = [
        _below(frame, parent) for frame, parent in zip(trail, [None, *trail], strict=False) if frame.id not in above
    ]
    frame = home.frame([*tops, *linked])
    return Here(Group({frame.id: frame}, drawn=DRAWN), frame, "/", str(request.scheme), request.get_host())


def _below(frame: ColumnFrame, parent: ColumnFrame | None) -> ColumnFrame:
    return ColumnFrame(
        id=frame.id, site_id=0, parent_id=parent.id if parent else None, path=frame.path, names=frame.names, descriptions={},
        keywords=frame.keywords, kind=frame.kind, watch="", units=frame.units, unit_id=0, scheme_code=frame.scheme_code,
        source_id=frame.id,
    )  # fmt: skip
