"""Wagtail serves everything; Tongban's addresses stay resolvable, as the shared templates link to them."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [path("peer/", include(wagtail_urls)), path("", include("tongban.interfaces.urls"))]
