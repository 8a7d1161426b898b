"""Application configuration."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The slice ``tongban.interfaces.console``."""

    name = "tongban.interfaces.console"
    label = "console"
    verbose_name = "管理台"

    def ready(self) -> None:
        """Declare permissions, menu and checks."""
        from tongban.interfaces.console import checks, navigation, permissions

        checks.declare()
        permissions.declare()
        navigation.declare()
