"""Search over everything at once: news and documents, articles of laws, service items, questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from tongban.engines.catalog import queries as catalog
from tongban.engines.catalog.models import Faq
from tongban.engines.publishing.models import Article
from tongban.engines.publishing.models import Column as ColumnModel
from tongban.engines.publishing.queries import library as documents
from tongban.engines.publishing.queries import searching
from tongban.engines.publishing.queries.stamps import Sources, stamp_of
from tongban.foundation.clock.now import now, today
from tongban.foundation.organizations.guards import public
from tongban.foundation.packs.localized import localized
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.store import Visit
from tongban.interfaces.portal.sites import Here, find, site_render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from tongban.engines.publishing.queries import SiteFrame

A_FEW = 3
KEPT = frozenset({"q", "in", "page"})
"""What an address may carry for its results to be kept in memory; with filters they are seldom asked for twice."""
TABS: tuple[tuple[str, str | _StrPromise], ...] = (
    ("", gettext_lazy("全部")),
    ("articles", gettext_lazy("资讯文件")),
    ("laws", gettext_lazy("法规条文")),
    ("items", gettext_lazy("服务事项")),
    ("questions", gettext_lazy("常见问题")),
)
TIMES: tuple[tuple[str, str | _StrPromise], ...] = (
    ("", pgettext_lazy("time", "不限时间")),
    ("30", gettext_lazy("近一个月")),
    ("365", gettext_lazy("近一年")),
    ("1095", gettext_lazy("近三年")),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A frequent question with its answer and the item it belongs to."""

    question: str
    answer: str
    item_code: str


@public
@require_safe
def search(request: HttpRequest, site: str = "") -> HttpResponse:
    """What the site group and the hall hold of two characters and more; what to do where nothing is found."""
    here = find(request, site)
    if here is None:
        return redirect(f"{reverse('portal:search')}?{urlencode({'q': request.GET.get('q', '')})}")
    text = request.GET.get("q", "").strip()[: searching.LONGEST]
    words = searching.words_of(text)
    tab = request.GET.get("in", "") if request.GET.get("in", "") in dict(TABS) else ""
    context: dict[str, Any] = {
        "text": text,
        "tab": tab,
        "tabs": TABS,
        "times": TIMES,
        "kinds": Article.Kind.choices,
        "too_short": bool(text) and sum(map(len, words)) < searching.LONG_ENOUGH,
        "terms": [*text.split(), *words],
    }
    made = _sources_of_search(here) if request.GET.keys() <= KEPT else None
    if words and not context["too_short"]:
        context |= _found(request, here, text, tab)
    if not context.get("anything"):
        context["hot"] = catalog.overview("").hot
    tags = Column(_("搜索"), _("搜索资讯、文件、法规条文、服务事项和常见问题。"), "", "搜索")
    response = site_render(request, here, "portal/site/search.html", context, column=tags)
    response.visit = Visit(here.site.id, searched=text if context.get("remembered") else "")  # type: ignore[attr-defined]
    if context.get("anything"):
        response.made_of = made  # type: ignore[attr-defined]
    return response


def _sources_of_search(here: Here) -> Sources:
    """Return what a page of results is made from, read before it is made: whatever is published or taken back anywhere."""
    sites = tuple(sorted(here.group.sites))
    columns = tuple(ColumnModel.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True))
    return Sources(sites, columns, stamp_of(sites, columns))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _asked(request: HttpRequest, here: Here, text: str) -> searching.Asked:
    query = request.GET
    days = query.get("time", "")
    chosen = here.group.by_code(query.get("site", "")) if here.site.is_main else here.site
    kind = query.get("kind", "")
    return searching.Asked(
        text,
        sources=_sources(chosen) if chosen and not chosen.is_main else (),
        kinds=(kind,) if kind in Article.Kind.values else (),
        since=today() - dt.timedelta(days=int(days)) if days in dict(TIMES) and days else None,
        title_only=query.get("where") == "title",
    )


def _sources(site: SiteFrame) -> tuple[int, ...]:
    return tuple(sorted({column.source_id for column in site.columns.values()}))


def _found(request: HttpRequest, here: Here, text: str, tab: str) -> dict[str, Any]:
    """Search in what the tab asks for; the first tab shows a few of each kind beside the articles."""
    found: dict[str, Any] = {"anything": False}
    page = _number(request.GET.get("page", "1"))
    if tab in ("", "articles"):
        found["articles"] = searching.search(_asked(request, here, text), at=now(), page=page)
        found["asked"] = {name: request.GET.get(name, "") for name in ("site", "kind", "time", "where")}
        found["sites"] = list(here.group) if here.site.is_main else []
        found["anything"] |= bool(found["articles"].total)
    if tab == "laws" or (not tab and page == 1):
        libraries = here.site.of_kind(ColumnModel.Kind.LIBRARY)
        provisions = documents.search_provisions(libraries, text) if libraries else []
        found["provisions"] = provisions if tab else provisions[:A_FEW]
        found["anything"] |= bool(provisions)
    if tab == "items" or (not tab and page == 1):
        items = catalog.search(text, catalog.Filters(), page=page if tab else 1, size=20 if tab else A_FEW)
        found["items"] = items
        found["anything"] |= bool(items.total) and (items.exact or tab == "items")
        found["remembered"] = items.exact and bool(items.total) and page == 1
    if tab == "questions" or (not tab and page == 1):
        found["questions"] = questions(text, most=20 if tab else A_FEW)
        found["anything"] |= bool(found["questions"])
    return found


def questions(text: str, *, most: int) -> list[Question]:
    """Return frequent questions in which every word stands."""
    holding = Q()
    for word in text.split():
        holding &= (
            Q(question__zh__icontains=word)
            | Q(answer__zh__icontains=word)
            | Q(question__en__icontains=word)
            | Q(answer__en__icontains=word)
        )
    rows = Faq.objects.filter(holding).select_related("item")[:most]
    return [Question(localized(row.question), localized(row.answer), row.item.code) for row in rows]
