"""Application configuration."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """The slice ``tongban.foundation.forms``."""

    name = "tongban.foundation.forms"
    label = "declared_forms"
    verbose_name = "表单"
