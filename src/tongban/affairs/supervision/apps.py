"""Application configuration."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """The slice ``tongban.affairs.supervision``."""

    name = "tongban.affairs.supervision"
    label = "supervision"
    verbose_name = "效能监察"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.affairs.supervision.declarations import declare

        declare()
