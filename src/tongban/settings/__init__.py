"""Django settings, made from :mod:`tongban.settings.options`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from tongban.settings.options import PROJECT_ROOT, load

OPTIONS = load()
SOURCE_ROOT = PROJECT_ROOT / "src"

SECRET_KEY = OPTIONS.secret_key
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = [host.strip() for host in OPTIONS.allowed_hosts.split(",") if host.strip()]
ROOT_URLCONF = "tongban.interfaces.urls"
WSGI_APPLICATION = "tongban.interfaces.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "tongban.foundation.clock",
    "tongban.foundation.packs",
    "tongban.foundation.audit",
    "tongban.foundation.files",
    "tongban.foundation.accounts",
    "tongban.foundation.organizations",
    "tongban.foundation.forms",
    "tongban.foundation.messaging",
    "tongban.foundation.documents",
    "tongban.foundation.ui",
    "tongban.engines.catalog",
    "tongban.engines.licenses",
    "tongban.engines.cases",
    "tongban.affairs.hall",
    "tongban.affairs.supervision",
    "tongban.interfaces.portal",
    "tongban.interfaces.workbench",
    "tongban.interfaces.api",
    "tongban.interfaces.console",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongban.foundation.organizations.middleware.ActorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongban.foundation.ui.context.site",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    """Turn a ``postgresql://`` address into Django's database settings; a socket directory may stand in ``?host=``."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "tongban",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(query.get("port", [parts.port or ""])[0]),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}} if OPTIONS.mode != "test" else {},
        "TEST": {"NAME": os.environ.get("TONGBAN_TEST_DATABASE") or None},
    }


DATABASES = {"default": _database(OPTIONS.database_url)}

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = OPTIONS.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = Path(OPTIONS.home) / "files"
