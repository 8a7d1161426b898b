"""Tongban's own settings with Wagtail beside it, so that both serve the same rows through the same templates."""

from tongban.settings import *  # noqa: F403
from tongban.settings import INSTALLED_APPS as OWN_APPS

INSTALLED_APPS = [
    *OWN_APPS,
    "tests.scale.wagtail_peer",
    "wagtail",
    "modelcluster",
    "taggit",
]
ROOT_URLCONF = "tests.scale.wagtail_peer.urls"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WAGTAIL_SITE_NAME = "peer"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
WAGTAIL_I18N_ENABLED = False
WAGTAILSEARCH_BACKENDS: dict[str, dict[str, str]] = {}
