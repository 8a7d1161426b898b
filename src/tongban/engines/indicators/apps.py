"""Application configuration."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """The slice ``tongban.engines.indicators``."""

    name = "tongban.engines.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.engines.indicators.declarations import declare

        declare()
