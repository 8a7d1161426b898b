"""Application configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The slice ``tongban.engines.cases``."""

    name = "tongban.engines.cases"
    label = "cases"
    verbose_name = "办件"
