"""All addresses of the platform."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tongban.foundation.ui.urls")),
    path("", include("tongban.interfaces.portal.urls")),
    path("accounts/", include("tongban.interfaces.portal.account_urls")),
    path("desk/", include("tongban.interfaces.workbench.urls")),
    path("console/", include("tongban.interfaces.console.urls")),
    path("api/", include("tongban.interfaces.api.urls")),
]
