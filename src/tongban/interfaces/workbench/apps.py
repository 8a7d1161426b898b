"""Application configuration."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The slice ``tongban.interfaces.workbench``."""

    name = "tongban.interfaces.workbench"
    label = "workbench"
    verbose_name = "工作台"

    def ready(self) -> None:
        """Declare permissions, add the side menu, and say where messages about scores lead."""
        from django.urls import reverse

        from tongban.engines.indicators.registers import register_page
        from tongban.interfaces.workbench import navigation, permissions

        permissions.declare()
        navigation.declare()
        register_page("objection", lambda number: reverse("workbench:objection", args=[number]))
        register_page("objectable", lambda _key: reverse("workbench:objections") + "?state=may")
        register_page("bulletin", lambda key: reverse("workbench:bulletin", args=[key]))
        register_page("submission-bulletin", lambda key: reverse("workbench:league_bulletin", args=[key]))
