"""Addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter

from tongban.interfaces.portal.talk_urls import talk_pages
from tongban.interfaces.portal.views import (
    apply,
    article,
    catalogue,
    digests,
    guide,
    hall,
    items,
    library,
    licenses,
    my,
    outlets,
    paying,
    phone,
    preview,
    progress,
    region,
    robots,
    search,
    site,
    site_search,
    standard,
    verify,
)

app_name = "portal"


class FeedKind:
    """The kinds of feed."""

    regex = "rss|atom|json"

    def to_python(self, value: str) -> str:
        """Return it as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it stands."""
        return value


register_converter(FeedKind, "feed")

site_patterns: list[URLPattern | URLResolver] = [
    path("", site.home, name="home"),
    *talk_pages,
    path("columns/<path:path>/feed.<feed:kind>", outlets.feed, name="feed"),
    path("columns/<path:path>/led/", outlets.led, name="led"),
    path("columns/<path:path>/", site.column, name="column"),
    path("articles/<int:pk>/", article.article, name="article"),
    path("articles/<int:pk>/changes/<int:older>/", library.changes, name="law_changes"),
    path("articles/<int:pk>/qr.svg", article.qr, name="article_qr"),
    path("articles/<int:pk>/text/", outlets.social, name="article_text"),
    path("articles/<int:pk>/files/<int:file>/", article.attachment, name="article_file"),
    path("subscribe/", digests.subscribe, name="subscribe"),
    path("subscribe/<str:token>/", digests.confirm, name="subscribe_confirm"),
    path("unsubscribe/<str:token>/", digests.unsubscribe, name="unsubscribe"),
    path("open/", catalogue.catalogue, name="catalogue"),
    path("open/report/<int:year>/", catalogue.annual, name="annual_report"),
    path("map/", site.site_map, name="map"),
    path("search/", site_search.search, name="site_search"),
    path("look.css", site.look, name="look"),
    path("sitemap.xml", outlets.sitemap_index, name="sitemap"),
    path("sitemap-columns.xml", outlets.sitemap_columns, name="sitemap_columns"),
    path("sitemap-<int:number>.xml", outlets.sitemap_part, name="sitemap_part"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(site_patterns)),
    path("sites/<slug:site>/", include((site_patterns, "site"))),
    path("media/<int:pk>/<slug:spec>", article.media, name="media"),
    path("hall/", hall.hall, name="hall"),
    path("hall/items/", items.items, name="items"),
    path("hall/units/", items.units, name="units"),
    path("hall/standard/", standard.region, name="standard"),
    path("hall/standard/units/<str:code>/", standard.unit, name="standard_unit"),
    path("hall/standard/<slug:code>/", standard.region, name="standard_region"),
    path("hall/themes/<slug:code>/", items.theme, name="theme"),
    path("hall/events/", items.events, name="events"),
    path("hall/events/<slug:code>/", items.event, name="event"),
    path("hall/choose/<slug:code>/", items.choose, name="choose"),
    path("hall/search/", search.search, name="search"),
    path("hall/items/<slug:code>/", guide.guide, name="guide"),
    path("hall/items/<slug:code>/print/", guide.guide_print, name="guide_print"),
    path("hall/items/<slug:code>/history/", guide.history, name="guide_history"),
    path("hall/items/<slug:code>/forms/<slug:material>/<slug:kind>/", guide.download, name="download"),
    path("hall/items/<slug:code>/apply/", apply.start, name="apply"),
    path("hall/items/<slug:code>/apply/form/<slug:step>/", apply.step, name="apply_step"),
    path("hall/items/<slug:code>/apply/materials/", apply.materials, name="apply_materials"),
    path("hall/items/<slug:code>/apply/check/", apply.check, name="apply_check"),
    path("hall/items/<slug:code>/apply/done/<slug:number>/", apply.done, name="apply_done"),
    path("hall/items/<slug:code>/apply/files/<uuid:pk>/", apply.file, name="apply_file"),
    path("my/", my.my, name="my"),
    path("my/cases/<slug:number>/", my.my_case, name="my_case"),
    path("my/cases/<slug:number>/supplement/", my.my_case_supplement, name="my_case_supplement"),
    path("my/cases/<slug:number>/withdraw/", my.my_case_withdraw, name="my_case_withdraw"),
    path("my/cases/<slug:number>/note/", my.my_case_note, name="my_case_note"),
    path("my/cases/<slug:number>/rate/", my.my_case_rate, name="my_case_rate"),
    path("my/cases/<slug:number>/again/", my.my_case_again, name="my_case_again"),
    path("my/cases/<slug:number>/charges/<int:pk>/", paying.charge, name="my_charge"),
    path("my/cases/<slug:number>/documents/<int:pk>/", my.my_case_document, name="my_case_document"),
    path("my/cases/<slug:number>/materials/<int:pk>/", my.my_case_material, name="my_case_material"),
    path("progress/", progress.progress, name="progress"),
    path("my/licenses/", licenses.my_licenses, name="my_licenses"),
    path("my/licenses/<str:identifier>/file/", licenses.license_file, name="license_file"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:identifier>/", verify.verify_license, name="verify_license"),
    path("phone/", phone.phone, name="phone"),
    path("preview/<int:pk>/", preview.preview, name="preview"),
    path("region/", region.region, name="region"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap-hall.xml", robots.sitemap_hall, name="sitemap_hall"),
    path("favicon.ico", robots.favicon, name="favicon"),
]
