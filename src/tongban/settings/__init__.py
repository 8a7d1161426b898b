"""Django settings, made from :mod:`tongban.settings.options`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tongban.settings import accounts, logs
from tongban.settings.options import PROJECT_ROOT, database_address, hosts, load, refusals

OPTIONS = load()
PRODUCTION = OPTIONS.mode == "production"
TEST = OPTIONS.mode == "test"
SOURCE_ROOT = PROJECT_ROOT / "src"

if PRODUCTION and refusals(OPTIONS):
    raise ImproperlyConfigured("Not fit for production:\n- " + "\n- ".join(refusals(OPTIONS)))

SECRET_KEY = OPTIONS.secret_key
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = hosts(OPTIONS) or ["localhost", ".localhost", "127.0.0.1", "[::1]", "testserver"]
if not PRODUCTION and OPTIONS.host == "0.0.0.0" and not OPTIONS.allowed_hosts:  # noqa: S104
    ALLOWED_HOSTS = ["*"]
BASE_URL = OPTIONS.base_url.rstrip("/") or f"http://127.0.0.1:{OPTIONS.port}"
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
    "django.contrib.postgres",
    "django_prose_editor",
    "django_htmx",
    "csp",
    "tongban.foundation.accounts",  # before allauth: its templates are overridden
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
    "tongban.foundation.organizations",
    "tongban.foundation.forms",
    "tongban.foundation.messaging",
    "tongban.foundation.documents",
    "tongban.foundation.ui",
    "tongban.engines.catalog",
    "tongban.engines.indicators",
    "tongban.engines.publishing",
    "tongban.engines.licenses",
    "tongban.engines.cases",
    "tongban.affairs.hall",
    "tongban.affairs.supervision",
    "tongban.affairs.disclosure",
    "tongban.affairs.surveys",
    "tongban.interfaces.portal",
    "tongban.interfaces.workbench",
    "tongban.interfaces.api",
    "tongban.interfaces.console",
]

MIDDLEWARE = [
    "tongban.interfaces.portal.serving.middleware.PageMiddleware",  # first: what it keeps carries every header
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tongban.interfaces.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tongban.foundation.accounts.middleware.SessionRulesMiddleware",
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
        "OPTIONS": {} if TEST else {"pool": {"min_size": 1, "max_size": OPTIONS.database_pool, "timeout": 10}},
        "TEST": {"NAME": os.environ.get("TONGBAN_TEST_DATABASE") or None},
    }


def _origin(url: str) -> list[str]:
    """Return scheme and host of an address as a list, empty for none."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


DATABASES = {"default": _database(database_address(OPTIONS))}

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = OPTIONS.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TEST or DEBUG
WHITENOISE_AUTOREFRESH = TEST or DEBUG
MEDIA_ROOT = Path(OPTIONS.home) / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Counters of attempts must be seen by every process, so they lie in the database.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if TEST
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}
}

PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TEST
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "tongban.foundation.accounts.passwords.VarietyValidator"},
]
globals().update(accounts.configure(OPTIONS))
REAL_NAME_SERVICE: str
STAFF_SECOND_FACTOR: bool
STAFF_PASSWORD_DAYS: int
STAFF_UNUSED_DAYS: int
IDENTITY_CLAIMS: dict[str, str]

# Sessions. The middleware of the accounts slice ends officials' sessions by the two staff limits.
SESSION_COOKIE_AGE = OPTIONS.session_hours * 3600
SESSION_SAVE_EVERY_REQUEST = False
STAFF_IDLE_SECONDS = OPTIONS.staff_idle_minutes * 60
STAFF_SESSION_SECONDS = OPTIONS.staff_session_hours * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# The prefix makes browsers refuse the cookie from any other host or without TLS.
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = OPTIONS.hsts_seconds if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading a whole government domain is not this program's to decide
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OPTIONS.behind_proxy else None
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *_origin(OPTIONS.oidc_server)],  # signing in there begins with a form here
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=(), browsing-topics=(), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self)"
)

LOGGING = logs.configure(json=PRODUCTION, level="WARNING" if TEST else OPTIONS.log_level)
TEST_RUNNER = "django.test.runner.DiscoverRunner"
