"""System checks: what would keep this installation from serving the public."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

from tongban.settings.options import refusals


def declare() -> None:
    """Register the checks with Django."""
    register(ready_for_production, Tags.security, deploy=True)


def ready_for_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report every setting that production refuses; ``manage.py check --deploy`` in any mode."""
    level = checks.Error if settings.PRODUCTION else checks.Warning
    return [level(text, id=f"tongban.E{number:03d}") for number, text in enumerate(refusals(settings.OPTIONS), start=1)]
