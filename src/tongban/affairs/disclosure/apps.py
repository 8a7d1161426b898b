"""Application configuration."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """The slice ``tongban.affairs.disclosure``."""

    name = "tongban.affairs.disclosure"
    label = "disclosure"
    verbose_name = "政务公开"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.affairs.disclosure.declarations import declare

        declare()
