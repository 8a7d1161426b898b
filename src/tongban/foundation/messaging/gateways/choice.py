"""Which gateway serves a channel: one registered in code, else the one named in the settings."""

from __future__ import annotations

from django.conf import settings

from tongban.foundation.messaging.gateways.console import ConsoleGateway
from tongban.foundation.messaging.gateways.http_sms import HttpSmsGateway
from tongban.foundation.messaging.gateways.protocol import Gateway
from tongban.foundation.messaging.gateways.smtp import SmtpGateway

_registered: dict[str, Gateway] = {}


def register_gateway(channel: str, gateway: Gateway | None) -> None:
    """Use a gateway for a channel whatever the settings say; ``None`` goes back to the settings."""
    _registered.pop(channel, None)
    if gateway is not None:
        _registered[channel] = gateway


def gateway_for(channel: str) -> Gateway:
    """Return the gateway of a channel.

    :raises ValueError: if the settings name a gateway without a usable address
    """
    if channel in _registered:
        return _registered[channel]
    options = settings.OPTIONS
    if channel == "sms" and options.messaging_gateway == "http":
        return HttpSmsGateway(options.sms_url, options.sms_token)
    if channel == "email" and options.smtp_url:
        return SmtpGateway(options.smtp_url, options.mail_from)
    return ConsoleGateway()
