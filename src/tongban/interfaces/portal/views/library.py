"""The law library: lists with filters, search in single articles, a statute's history, two texts of one side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext as _

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.models import Column as ColumnModel
from tongban.engines.publishing.queries import histories, reading
from tongban.engines.publishing.queries import library as documents
from tongban.engines.publishing.rules.concording import Passage, concord
from tongban.engines.publishing.statutes import provisions
from tongban.foundation.clock.now import today
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.keeping import making
from tongban.interfaces.portal.sites import Here, site_page, site_render, tags_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tongban.engines.publishing.models import Article
    from tongban.engines.publishing.queries import ColumnFrame


def library(request: HttpRequest, here: Here, frame: ColumnFrame) -> HttpResponse:
    """A law library's list; with a question, the articles that hold it."""
    query = request.GET
    filters = documents.Filters(
        level=query.get("level", "")[:60],
        validity=query.get("validity", "")[:20],
        issuer=query.get("issuer", "")[:100],
        year=query.get("year", "")[:4],
    )
    asked = query.get("q", "").strip()[:60]
    one = query.get("law", "")
    law = int(one) if one.isascii() and one.isdigit() and len(one) < 18 else None
    context = {
        "found": documents.laws([frame], filters, page=query.get("page", "1")),
        "filters": filters,
        "asked": asked,
        "terms": asked.split(),
        "provisions": documents.search_provisions([frame], asked, filters, law=law) if asked else [],
        "named": documents.found_laws([frame], asked) if asked and law is None else [],
        "inside": publishing.published(law) if law else None,
        "today": today(),
    }
    return site_render(request, here, "portal/site/library.html", context, column=tags_of(frame), frame=frame)


def past_of(row: Article) -> dict[str, Any]:
    """Return what a statute's page says about its history."""
    day = today()
    return {
        "history": histories.history(row, today=day),
        "today": day,
        "ends_later": bool(row.abolished_on and row.abolished_on > day),
    }


@site_page()
def changes(request: HttpRequest, here: Here, pk: int, older: int) -> HttpResponse:
    """Two texts of one statute side by side, article by article (新旧条文对照)."""
    found = histories.pair(older, pk)
    shown = reading.where_shown(here.group, here.site, reading.places(pk))
    if pk == older or len(found) < 2 or shown is None or shown.column.kind != ColumnModel.Kind.LIBRARY:
        raise Http404
    new, old = found[pk], found[older]
    if new.title != old.title or new.column_id != old.column_id:
        raise Http404
    making(request).uses(columns=[shown.column.id, shown.column.source_id])
    rows = concord(_passages(old), _passages(new))
    title = _("%(title)s：新旧条文对照") % {"title": new.title}
    context = {
        "new": new,
        "old": old,
        "rows": rows,
        "counts": {kind: sum(row.kind == kind for row in rows) for kind in ("added", "removed", "changed", "moved")},
        "law_title": title,
    }
    tags = Column(shown.column.name, title, new.title, tags_of(shown.column).kind)
    return site_render(request, here, "portal/site/law_changes.html", context, column=tags, frame=shown.column)


def _passages(row: Article) -> list[Passage]:
    return [Passage(part.label, part.text) for part in provisions(row.body) if part.kind == "article"]
