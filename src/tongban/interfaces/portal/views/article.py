"""An article's page, its files, its QR code, and what is said where one used to be."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import segno
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.indexing import plain
from tongban.engines.publishing.models import Attachment, MediaItem
from tongban.engines.publishing.models import Column as ColumnModel
from tongban.engines.publishing.statutes import is_statute, provisions
from tongban.foundation.clock.now import CHINA, now
from tongban.foundation.files.views import file_response
from tongban.foundation.organizations.guards import public
from tongban.interfaces.portal.page import Column
from tongban.interfaces.portal.serving.keeping import making
from tongban.interfaces.portal.serving.store import Visit
from tongban.interfaces.portal.sites import Here, find, site_page, site_render, tags_of
from tongban.interfaces.portal.views.library import past_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from tongban.engines.publishing.queries import Reading

DESCRIBED = 120
LONG_LAW = 15
DOCUMENT_KINDS = ("document", "information")


def _at_once(request: HttpRequest, here: Here, pk: int) -> HttpResponse | None:
    """Make an article's page; statutes, and what this site does not show, are left to the view."""
    reading = publishing.read(here.group, here.site, pk, at=now())
    if reading is None or reading.mark != here.group.mark or reading.shown.column.kind == ColumnModel.Kind.LIBRARY:
        return None
    making(request).stamps = reading.stamps
    return _shown(request, here, pk, reading)


@site_page(at_once=_at_once)
def article(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """A published article; where this site does not show it, its home does."""
    reading = publishing.read(here.group, here.site, pk, at=now())
    return _elsewhere(request, here, pk) if reading is None else _shown(request, here, pk, reading)


def _shown(request: HttpRequest, here: Here, pk: int, reading: Reading) -> HttpResponse:
    shown = reading.shown
    made = making(request)
    made.uses(columns=[*reading.placed_in, shown.column.id, shown.column.source_id])
    made.visit = Visit(here.site.id, shown.column.id, pk)
    row = reading.article
    home = reading.home or shown
    canonical = here.absolute(here.home_of(home.site) + f"articles/{pk}/")
    tags = tags_of(shown.column)
    context = {
        "reading": reading,
        "article": row,
        "described": describe(reading),
        "source": row.source or row.unit.title,
        "published": shown.published_at.astimezone(CHINA),
        "canonical": canonical,
        "json_ld": _linked(reading, here, canonical),
        "home": home if home.site.id != here.site.id else None,
        "home_url": here.home_of(home.site),
        "is_document": row.kind in DOCUMENT_KINDS or bool(row.index_no or row.doc_no),
        "older": reading.older[0] if reading.older else None,
        "newer": reading.newer[-1] if reading.newer else None,
        "others": [*reading.newer, *reading.older],
    }
    if shown.column.kind == ColumnModel.Kind.LIBRARY:
        parts = provisions(row.body)
        if is_statute(parts):
            context["parts"] = parts
            context["articles"] = [part for part in parts if part.kind == "article"]
        context |= past_of(row)
        if is_statute(parts) or context["history"]:
            return site_render(request, here, "portal/site/law.html", context, column=tags, frame=shown.column)
    return site_render(request, here, "portal/site/article.html", context, column=tags, frame=shown.column)


def describe(reading: Reading) -> str:
    """Return what an article says, in a sentence or two."""
    row = reading.article
    return row.summary or plain(row.body).replace("\n", " ")[:DESCRIBED] or row.title


def _linked(reading: Reading, here: Here, url: str) -> SafeString:
    """Return the article as schema.org describes one."""
    row = reading.article
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Legislation" if row.validity else "NewsArticle",
        "headline": row.title,
        "name": row.title,
        "datePublished": reading.shown.published_at.astimezone(CHINA).isoformat(timespec="minutes"),
        "inLanguage": "en" if row.language.startswith("en") else "zh-Hans",
        "url": url,
        "publisher": {"@type": "GovernmentOrganization", "name": row.unit.name},
    }
    if row.changed_at:
        data["dateModified"] = row.changed_at.astimezone(CHINA).isoformat(timespec="minutes")
    if row.doc_no:
        data["identifier"] = row.doc_no
    if row.image_id:
        data["image"] = here.absolute(f"/media/{row.image_id}/w640")
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate({ord(char): f"\\u{ord(char):04x}" for char in "<>&"}))  # noqa: S308 - escaped here


def _elsewhere(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Go to the site that shows an article, or say that it was taken back."""
    rows = publishing.places(pk)
    home = publishing.home_of(here.group, rows)
    if home is not None and home.site.id != here.site.id and publishing.published(pk) is not None:
        return redirect(here.home_of(home.site) + f"articles/{pk}/")
    note = publishing.withdrawn_note(pk)
    if note is None:
        raise Http404
    tags = Column(_("页面已撤下"), _("这一页已经撤下。"), "", "公告")
    return site_render(request, here, "portal/site/gone.html", {"note": note}, column=tags, status=410)


@public
@require_safe
def qr(request: HttpRequest, pk: int, site: str = "") -> HttpResponse:
    """The address of an article as a QR code."""
    here = find(request, site)
    if here is None or publishing.published(pk) is None:
        raise Http404
    target = io.BytesIO()
    segno.make(here.absolute(here.article(pk)), error="m", micro=False).save(
        target, kind="svg", border=2, xmldecl=False, svgns=True, light="#fff"
    )
    response = HttpResponse(target.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@public
@require_safe
def attachment(request: HttpRequest, pk: int, file: int, site: str = "") -> HttpResponseBase:
    """A file of an article, for as long as the article is public."""
    if publishing.published(pk) is None:
        raise Http404
    found = get_object_or_404(Attachment.objects.select_related("file"), pk=file, article=pk)
    found.file.name = found.name if "." in found.name else found.file.name
    return file_response(found.file, inline=False)


@public
@require_safe
def media(request: HttpRequest, pk: int, spec: str) -> HttpResponseBase:
    """A picture, film or recording of the media library. What is put into it is meant to be shown."""
    item = get_object_or_404(MediaItem.objects.select_related("file"), pk=pk)
    smaller = item.renditions.select_related("file").filter(spec=spec).first() if spec != "original" else None
    response = file_response(smaller.file if smaller else item.file, inline=True)
    response["Cache-Control"] = "public, max-age=86400"
    return response
