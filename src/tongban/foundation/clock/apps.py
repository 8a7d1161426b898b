"""Application configuration."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """The slice ``tongban.foundation.clock``."""

    name = "tongban.foundation.clock"
    label = "clock"
    verbose_name = "时限"
