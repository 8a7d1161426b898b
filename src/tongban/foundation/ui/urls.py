"""Addresses of the interface's own endpoints."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongban.foundation.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("display/", views.display, name="display"),
    path("language/", views.language, name="language"),
    path("posting/", views.posting, name="posting"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
