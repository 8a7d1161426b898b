"""Application configuration."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """The slice ``tongban.engines.indicators``."""

    name = "tongban.engines.indicators"
    label = "indicators"
    verbose_name = "指标"
