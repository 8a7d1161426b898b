"""Application configuration."""

from django.apps import AppConfig


class LicensesConfig(AppConfig):
    """The slice ``tongban.engines.licenses``."""

    name = "tongban.engines.licenses"
    label = "licenses"
    verbose_name = "电子证照"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.engines.licenses.declarations import declare

        declare()
