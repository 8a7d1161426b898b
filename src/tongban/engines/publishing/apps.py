"""Application configuration."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The slice ``tongban.engines.publishing``."""

    name = "tongban.engines.publishing"
    label = "publishing"
    verbose_name = "内容发布"
