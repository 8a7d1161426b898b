"""Application configuration."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The slice ``tongban.foundation.messaging``."""

    name = "tongban.foundation.messaging"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.foundation.messaging.declarations import declare

        declare()
