"""Application configuration."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The slice ``tongban.interfaces.console``."""

    name = "tongban.interfaces.console"
    label = "console"
    verbose_name = "管理台"
