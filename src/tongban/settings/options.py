"""Every setting an operator may give, declared once with its default and its help."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[3]
DEMO_SECRET = "demo-secret-not-for-production"  # noqa: S105
PREFIX = "TONGBAN_"


class Options(BaseSettings):
    """Settings read from the environment, each name prefixed with ``TONGBAN_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    mode: Literal["demo", "test", "production"] = Field(
        default="demo",
        description="demo: one machine with invented people; test: the test suite; production: a real installation.",
    )
    home: Path = Field(
        default=PROJECT_ROOT / ".tongban",
        description="Data directory: embedded database, uploaded files, collected static files, logs.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address the web server of the demo listens on; 0.0.0.0 lets other machines in.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the web server.")
    web_workers: int = Field(default=2, ge=1, le=64, description="Processes that answer web requests.")
    job_concurrency: int = Field(default=2, ge=1, le=64, description="Background jobs run at the same time.")
    database_url: str = Field(
        default="",
        description="postgresql://user:password@host:port/name of a real server; empty uses the embedded server.",
    )
    database_pool: int = Field(default=8, ge=1, le=100, description="Most database connections of one web process.")
    database_prepare: bool = Field(
        default=True,
        description="Keep recurring statements prepared in the database; false behind a pooler that cannot (PgBouncer before 1.21).",
    )
    secret_key: str = Field(
        default=DEMO_SECRET,
        description="Secret of sessions and signatures; at least 50 random characters in production.",
    )
    field_key: str = Field(
        default="",
        description="32 random bytes in base64: encrypts personal data at rest. Empty derives a demo key from secret_key (refused in production).",
    )
    debug: bool = Field(default=False, description="Django's debug pages; refused in production.")
    allowed_hosts: str = Field(
        default="",
        description="Comma-separated host names this site answers to; empty means this machine only (refused in production).",
    )
    base_url: str = Field(
        default="",
        description="Public address of the site in messages and QR codes; empty means http://127.0.0.1:PORT.",
    )
    behind_proxy: bool = Field(
        default=False,
        description="A proxy in front ends TLS and sets X-Forwarded-Proto itself; only then is that header believed.",
    )
    hsts_seconds: int = Field(
        default=31_536_000, ge=0, description="How long browsers shall insist on HTTPS (production only)."
    )
    staff_idle_minutes: int = Field(
        default=15, ge=1, le=240, description="An official's session ends after so many minutes without a request."
    )
    staff_session_hours: int = Field(
        default=8, ge=1, le=24, description="An official's session ends so many hours after sign-in in any case."
    )
    session_hours: int = Field(
        default=12, ge=1, le=336, description="A citizen's session ends after so many hours without a request."
    )
    staff_second_factor: Literal["", "required", "optional"] = Field(
        default="",
        description="Whether officials must have an authenticator app or a passkey; empty requires it in production only.",
    )
    staff_password_days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="An official's password must be changed after so many days; 0 never asks (90 where graded protection asks for it).",
    )
    staff_unused_days: int = Field(
        default=90,
        ge=0,
        le=3650,
        description="An official's account that nobody has used for so many days is disabled (production only); 0 never does.",
    )
    real_name_service: str = Field(
        default="",
        description="Who checks real names at sign-up: none (a window clerk or identity provider vouches later) or a registered service; empty is demonstration outside production, none in production.",
    )
    oidc_server: str = Field(
        default="",
        description="Issuer address of the national identity provider (OpenID Connect); empty offers no such sign-in.",
    )
    oidc_title: str = Field(
        default="国家政务服务平台", description="Name of the identity provider on the sign-in page."
    )
    oidc_client_id: str = Field(default="", description="Client id registered with the identity provider.")
    oidc_client_secret: str = Field(default="", description="Client secret registered with the identity provider.")
    oidc_claims: str = Field(
        default="name=name,number=id_number,phone=phone_number",
        description="Which claims hold the real name, the citizen number and the phone number: ours=theirs, comma-separated.",
    )
    page_cache_mb: int = Field(
        default=64,
        ge=0,
        le=4096,
        description="Memory for finished pages of the portal in each web process; 0 makes every page anew.",
    )
    clamd: str = Field(
        default="",
        description="Malware scanner for uploads, unix:/path or tcp:host:port of clamd; empty scans nothing and says so.",
    )
    accel_prefix: str = Field(
        default="",
        description="Internal address under which the proxy serves the file store (X-Accel-Redirect); empty sends files itself.",
    )
    messaging_gateway: Literal["console", "http"] = Field(
        default="console",
        description="console keeps texts readable on the demonstration phone and sends nothing; http uses the SMS provider at sms_url.",
    )
    sms_url: str = Field(default="", description="Address of the SMS provider that takes one message a POST request.")
    sms_token: str = Field(default="", description="Bearer token for the SMS provider and key of its receipts.")
    smtp_url: str = Field(
        default="",
        description="Mail server, smtp://user:password@host:port or smtps://…; empty keeps mail on the demonstration phone.",
    )
    mail_from: str = Field(default="noreply@localhost", description="Sender address of the platform's mail.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe level that is logged."
    )


def load() -> Options:
    """Return the options of this process."""
    return Options()


def database_address(options: Options) -> str:
    """Return the database's address: the one given, or that of the embedded server of this data directory.

    The embedded server writes its address into ``server.json`` of the data directory when it starts.
    """
    if options.database_url:
        return options.database_url
    record = options.home / "server.json"
    try:
        return str(json.loads(record.read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return f"postgresql://tongban@/tongban?host={options.home / 'database'}"


def refusals(options: Options) -> list[str]:
    """Return every reason why these options may not serve the public, each with its remedy."""
    checks = [
        (
            options.secret_key == DEMO_SECRET,
            "TONGBAN_SECRET_KEY is the demonstration secret; set your own, for example the output of: openssl rand -base64 48",
        ),
        (
            options.secret_key != DEMO_SECRET and _weak(options.secret_key),
            "TONGBAN_SECRET_KEY is weak; give at least 50 characters, 15 of them different: openssl rand -base64 48",
        ),
        (
            not _is_key(options.field_key),
            "TONGBAN_FIELD_KEY must be 32 random bytes in base64, kept outside the database: openssl rand -base64 32",
        ),
        (
            options.real_name_service == "demonstration",
            "TONGBAN_REAL_NAME_SERVICE=demonstration believes everyone; name a real service or none",
        ),
        (
            bool(options.oidc_server) and not (options.oidc_client_id and options.oidc_client_secret),
            "TONGBAN_OIDC_SERVER needs TONGBAN_OIDC_CLIENT_ID and TONGBAN_OIDC_CLIENT_SECRET",
        ),
        (options.debug, "TONGBAN_DEBUG is on and would show source code to visitors; unset it"),
        (
            not hosts(options) or "*" in options.allowed_hosts,
            "TONGBAN_ALLOWED_HOSTS must list the host names of this site, without *",
        ),
        (
            not options.base_url.startswith("https://"),
            "TONGBAN_BASE_URL must be the public https:// address of this site",
        ),
    ]
    return [text for wrong, text in checks if wrong]


def hosts(options: Options) -> list[str]:
    """Return the host names given by the operator."""
    return [host.strip() for host in options.allowed_hosts.split(",") if host.strip()]


def _weak(secret: str) -> bool:
    return len(secret) < 50 or len(set(secret)) < 15


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        return False
