"""Application configuration."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The slice ``tongban.foundation.messaging``."""

    name = "tongban.foundation.messaging"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        """Register what the slice declares."""
        import tongban.foundation.messaging.checks  # noqa: F401 - registers itself
        from tongban.foundation.messaging.declarations import declare

        declare()
