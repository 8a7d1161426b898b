"""Application configuration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The slice ``tongban.interfaces.portal``."""

    name = "tongban.interfaces.portal"
    label = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Add the portal's pages to the menu."""
        from tongban.interfaces.portal.navigation import register_menu

        register_menu()
