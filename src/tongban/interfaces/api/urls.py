"""Addresses of the api."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongban.foundation.messaging.views import receipt
from tongban.interfaces.api.endpoints import guarded_urls
from tongban.interfaces.api.views import reference

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reference, name="reference"),
    path("v1/", guarded_urls()),
    path("receipts/sms/", receipt, name="sms_receipt"),
]
