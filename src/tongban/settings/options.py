"""Every setting an operator may give, declared once with its default and its help."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[3]
DEMO_SECRET = "demo-secret-not-for-production"  # noqa: S105


class Options(BaseSettings):
    """Settings read from the environment, each name prefixed with ``TONGBAN_``."""

    model_config = SettingsConfigDict(env_prefix="TONGBAN_", extra="ignore")

    mode: Literal["demo", "test", "production"] = Field(
        default="demo",
        description="demo: one machine with invented people; test: the test suite; production: a real installation.",
    )
    home: Path = Field(
        default=PROJECT_ROOT / ".tongban",
        description="Data directory: embedded database, uploaded files, logs, keys.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the web server.")
    database_url: str = Field(
        default="",
        description="postgresql://user:password@host:port/name of a real server; empty uses the embedded server.",
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
        default="localhost,127.0.0.1,[::1],testserver",
        description="Comma-separated host names this site answers to.",
    )
    base_url: str = Field(
        default="",
        description="Public address of the site in messages and QR codes; empty means http://127.0.0.1:PORT.",
    )


def load() -> Options:
    """Return the options of this process."""
    return Options()
