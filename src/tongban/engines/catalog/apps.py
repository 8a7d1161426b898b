"""Application configuration."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The slice ``tongban.engines.catalog``."""

    name = "tongban.engines.catalog"
    label = "catalog"
    verbose_name = "事项目录"

    def ready(self) -> None:
        """Declare what a pack may hold of items."""
        from tongban.engines.catalog.declarations import declare

        declare()
