"""Application configuration."""

from django.apps import AppConfig


class PacksConfig(AppConfig):
    """The slice ``tongban.foundation.packs``."""

    name = "tongban.foundation.packs"
    label = "packs"
    verbose_name = "数据包"
