"""Application configuration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The slice ``tongban.foundation.ui``."""

    name = "tongban.foundation.ui"
    label = "ui"
    verbose_name = "界面"
