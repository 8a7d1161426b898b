"""Addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongban.interfaces.portal.views import (
    apply,
    guide,
    home,
    items,
    licenses,
    phone,
    region,
    robots,
    search,
    verify,
)

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("hall/items/", items.items, name="items"),
    path("hall/units/", items.units, name="units"),
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
    path("my/licenses/", licenses.my_licenses, name="my_licenses"),
    path("my/licenses/<str:identifier>/file/", licenses.license_file, name="license_file"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:identifier>/", verify.verify_license, name="verify_license"),
    path("phone/", phone.phone, name="phone"),
    path("region/", region.region, name="region"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    path("favicon.ico", robots.favicon, name="favicon"),
]
