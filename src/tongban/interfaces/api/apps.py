"""Application configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The slice ``tongban.interfaces.api``."""

    name = "tongban.interfaces.api"
    label = "api"
    verbose_name = "接口"
