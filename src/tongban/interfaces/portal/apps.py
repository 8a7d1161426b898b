"""Application configuration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The slice ``tongban.interfaces.portal``."""

    name = "tongban.interfaces.portal"
    label = "portal"
    verbose_name = "门户"
