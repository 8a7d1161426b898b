"""Application configuration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The slice ``tongban.foundation.ui``."""

    name = "tongban.foundation.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        """Fill the registers."""
        from tongban.foundation.ui.site import declare

        declare()
