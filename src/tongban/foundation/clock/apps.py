"""Application configuration."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """The slice ``tongban.foundation.clock``."""

    name = "tongban.foundation.clock"
    label = "clock"
    verbose_name = "时限"

    def ready(self) -> None:
        """Declare the slice's pack sections."""
        from tongban.foundation.clock.declarations import declare

        declare()
