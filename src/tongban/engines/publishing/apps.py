"""Application configuration."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The slice ``tongban.engines.publishing``."""

    name = "tongban.engines.publishing"
    label = "publishing"
    verbose_name = "内容发布"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.engines.publishing.declarations import declare

        declare()
