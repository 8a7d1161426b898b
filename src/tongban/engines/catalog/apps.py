"""Application configuration."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The slice ``tongban.engines.catalog``."""

    name = "tongban.engines.catalog"
    label = "catalog"
    verbose_name = "事项目录"
