"""Application configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The slice ``tongban.foundation.audit``."""

    name = "tongban.foundation.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Declare the slice to those below."""
        from tongban.foundation.audit.declarations import declare

        declare()
