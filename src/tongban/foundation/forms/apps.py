"""Application configuration."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """The slice ``tongban.foundation.forms``."""

    name = "tongban.foundation.forms"
    label = "declared_forms"
    verbose_name = "表单"

    def ready(self) -> None:
        """Fill the registers."""
        from tongban.foundation.forms.declarations import declare

        declare()
