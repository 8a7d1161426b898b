"""System checks of messaging."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from tongban.foundation.messaging.gateways.choice import gateway_for
from tongban.foundation.messaging.gateways.console import ConsoleGateway
from tongban.foundation.messaging.models import Channel


@register(Tags.compatibility)
def gateways(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse gateways without a usable address; warn when a real installation sends nothing."""
    found: list[CheckMessage] = []
    for channel in Channel.values:
        try:
            gateway = gateway_for(channel)
        except ValueError as wrong:
            found.append(Error(str(wrong), id="messaging.E001"))
            continue
        if settings.OPTIONS.mode == "production" and isinstance(gateway, ConsoleGateway):
            text = f"Messages by {channel} are only kept, not sent."
            hint = "Set TONGBAN_MESSAGING_GATEWAY=http and TONGBAN_SMS_URL, or TONGBAN_SMTP_URL."
            found.append(Caution(text, hint=hint, id="messaging.W001"))
    return found
