"""Application configuration."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The slice ``tongban.interfaces.workbench``."""

    name = "tongban.interfaces.workbench"
    label = "workbench"
    verbose_name = "工作台"

    def ready(self) -> None:
        """Declare permissions and add the side menu."""
        from tongban.interfaces.workbench import navigation, permissions

        permissions.declare()
        navigation.declare()
