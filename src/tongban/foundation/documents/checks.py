"""System checks of documents."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution

from tongban.foundation.documents import seals


@register(Tags.security, deploy=True)
def state_seal(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn when a real installation seals with the demonstration's certificates."""
    if settings.OPTIONS.mode != "production" or seals.provider().is_state_seal:
        return []
    text = "Documents and licenses are sealed with demonstration certificates and say so on every page."
    hint = "Register a SealProvider for the state's unified electronic seal system; see the documents slice."
    return [Caution(text, hint=hint, id="documents.W001")]
