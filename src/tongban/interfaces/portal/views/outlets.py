"""The other ways an item goes out: feeds, site maps for machines, the LED display, texts for social accounts."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language

from tongban.engines.publishing import queries as publishing
from tongban.engines.publishing.indexing import plain
from tongban.engines.publishing.queries import sitemaps
from tongban.foundation.clock.now import CHINA, now
from tongban.interfaces.portal.serving.keeping import making
from tongban.interfaces.portal.sites import Here, site_page

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tongban.engines.publishing.queries import ColumnFrame, Entry

FEED_ITEMS = 30
LED_ITEMS = 12
_IMAGE = re.compile(r'<img[^>]*\ssrc="(/media/\d+/)[a-z0-9]+"(?:[^>]*\salt="([^"]*)")?', re.IGNORECASE)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _column(request: HttpRequest, here: Here, path: str) -> ColumnFrame:
    frame = here.site.by_path.get(f"/{path}/")
    if frame is None or not frame.is_shown_as_list:
        raise Http404
    making(request).uses(columns=[frame.id, frame.source_id])
    making(request).visit = None
    return frame


def _newest(frame: ColumnFrame, most: int) -> list[Entry]:
    found = publishing.blocks([frame], at=now(), most=most)[frame.id]
    return sorted(found, key=lambda entry: (entry.published_at, entry.id), reverse=True)


def _xml(text: str) -> str:
    return escape(_UNFIT.sub("", text))


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


@site_page()
def feed(request: HttpRequest, here: Here, path: str, kind: str) -> HttpResponse:
    """The newest items of a column as RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1."""
    frame = _column(request, here, path)
    writers = {"rss": _rss, "atom": _atom, "json": _json}
    return writers[kind](request, here, frame, _newest(frame, FEED_ITEMS))


def _rss(request: HttpRequest, here: Here, frame: ColumnFrame, entries: list[Entry]) -> HttpResponse:
    home = here.absolute(here.column(frame))
    items = "".join(
        f"<item><title>{_xml(entry.title)}</title><link>{_xml(here.absolute(here.article(entry.id)))}</link>"
        f'<guid isPermaLink="true">{_xml(here.absolute(here.article(entry.id)))}</guid>'
        f"<description>{_xml(entry.summary or entry.title)}</description>"
        f"<pubDate>{_rfc822(entry.published_at)}</pubDate></item>\n"
        for entry in entries
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{_xml(frame.name)} - {_xml(here.site.name)}</title><link>{_xml(home)}</link>"
        f"<description>{_xml(frame.description)}</description><language>{_language()}</language>"
        f'<atom:link href="{_xml(here.absolute(request.path))}" rel="self" type="application/rss+xml"/>\n'
        f"{items}</channel></rss>\n"
    )
    return HttpResponse(text, content_type="application/rss+xml; charset=utf-8")


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _rfc822(moment: dt.datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{DAYS[local.weekday()]}, {local.day:02} {MONTHS[local.month - 1]} {local:%Y %H:%M:%S} +0800"


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def _atom(request: HttpRequest, here: Here, frame: ColumnFrame, entries: list[Entry]) -> HttpResponse:
    home = here.absolute(here.column(frame))
    updated = _stamp(max((entry.published_at for entry in entries), default=dt.datetime(2000, 1, 1, tzinfo=CHINA)))
    items = "".join(
        f"<entry><title>{_xml(entry.title)}</title><id>{_xml(here.absolute(here.article(entry.id)))}</id>"
        f'<link href="{_xml(here.absolute(here.article(entry.id)))}"/><updated>{_stamp(entry.published_at)}</updated>'
        f"<author><name>{_xml(entry.unit)}</name></author><summary>{_xml(entry.summary or entry.title)}</summary></entry>\n"
        for entry in entries
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_language()}">'
        f"<title>{_xml(frame.name)} - {_xml(here.site.name)}</title><id>{_xml(home)}</id><updated>{updated}</updated>"
        f'<link href="{_xml(home)}"/><link rel="self" href="{_xml(here.absolute(request.path))}"/>\n{items}</feed>\n'
    )
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


def _json(request: HttpRequest, here: Here, frame: ColumnFrame, entries: list[Entry]) -> HttpResponse:
    items: list[dict[str, Any]] = [
        {
            "id": here.absolute(here.article(entry.id)),
            "url": here.absolute(here.article(entry.id)),
            "title": entry.title,
            "content_text": entry.summary or entry.title,
            "date_published": _stamp(entry.published_at),
            "authors": [{"name": entry.unit}],
        }
        for entry in entries
    ]
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{frame.name} - {here.site.name}",
        "home_page_url": here.absolute(here.column(frame)),
        "feed_url": here.absolute(request.path),
        "language": _language(),
        "items": items,
    }
    return JsonResponse(data, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})


@site_page()
def led(request: HttpRequest, here: Here, path: str) -> HttpResponse:
    """A column for a display board: large, dark, one item a line, renewed by itself every minute."""
    frame = _column(request, here, path)
    return render(request, "portal/site/led.html", {"here": here, "frame": frame, "entries": _newest(frame, LED_ITEMS)})


@site_page()
def social(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """An article as plain text with the list of its pictures, to be put into a social account."""
    reading = publishing.read(here.group, here.site, pk, at=now())
    if reading is None:
        raise Http404
    making(request).uses(columns=reading.placed_in)
    making(request).visit = None
    row = reading.article
    lines = [
        row.title,
        "",
        *plain(row.body).split("\n"),
        "",
        row.source or row.unit.name,
        here.absolute(here.article(pk)),
    ]
    pictures = [f"{here.absolute(path)}original  {alt or row.title}" for path, alt in _IMAGE.findall(row.body)]
    if row.image_id:
        pictures.insert(
            0, f"{here.absolute(f'/media/{row.image_id}/original')}  {row.image.alt if row.image else row.title}"
        )
    if pictures:
        lines += ["", "图片：", *dict.fromkeys(pictures)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@site_page()
def sitemap_index(request: HttpRequest, here: Here) -> HttpResponse:
    """The index of a site's maps for search engines: its columns, its articles in parts; the hall on the main site."""
    making(request).visit = None
    making(request).uses(columns=list(here.site.columns))
    parts = [f"{here.base}sitemap-columns.xml"]
    if here.site.is_main:
        parts.append("/sitemap-hall.xml")
    parts += [f"{here.base}sitemap-{number}.xml" for number in sitemaps.parts(here.site)]
    if here.site.is_main and here.base == "/":
        parts += [f"{here.home_of(one)}sitemap.xml" for one in here.group if one.id != here.site.id]
    rows = format_html_join("\n", "<sitemap><loc>{}</loc></sitemap>", ((here.absolute(part),) for part in parts))
    text = format_html(
        '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{}\n</sitemapindex>\n',
        rows,
    )
    return HttpResponse(text, content_type="application/xml")


@site_page()
def sitemap_columns(request: HttpRequest, here: Here) -> HttpResponse:
    """Home, columns and fixed pages of a site."""
    making(request).visit = None
    paths = [here.base, f"{here.base}map/", *(here.column(column) for column in here.site.columns.values())]
    return _urlset((here.absolute(path), None) for path in paths)


@site_page()
def sitemap_part(request: HttpRequest, here: Here, number: int) -> HttpResponse:
    """Some thousand articles of a site, by their numbers; the same articles stay in the same part."""
    making(request).visit = None
    making(request).uses(columns=list(here.site.columns))
    rows = sitemaps.part(here.site, number)
    if not rows:
        raise Http404
    return _urlset((here.absolute(here.article(pk)), changed) for pk, changed in rows)


def _urlset(rows: Any) -> HttpResponse:
    lines = "\n".join(
        f"<url><loc>{_xml(url)}</loc>{f'<lastmod>{changed:%Y-%m-%d}</lastmod>' if changed else ''}</url>"
        for url, changed in rows
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}\n</urlset>\n'
    return HttpResponse(text, content_type="application/xml")
