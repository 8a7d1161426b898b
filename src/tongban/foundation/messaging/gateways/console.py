"""The gateway of the demonstration: sends nothing; the texts can be read on the demonstration phone."""

from __future__ import annotations

from tongban.foundation.messaging.gateways.protocol import HandedOver, Outgoing


class ConsoleGateway:
    """Counts every message as delivered; the outbox itself is what the demonstration phone shows."""

    name = "console"
    gives_receipts = False

    def send(self, message: Outgoing) -> HandedOver:
        """Take the message."""
        return HandedOver(provider_id=f"console-{message.reference}", delivered=True)
