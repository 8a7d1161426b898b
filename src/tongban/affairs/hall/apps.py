"""Application configuration."""

from django.apps import AppConfig


class HallConfig(AppConfig):
    """The slice ``tongban.affairs.hall``."""

    name = "tongban.affairs.hall"
    label = "hall"
    verbose_name = "政务大厅"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.affairs.hall.declarations import declare

        declare()
