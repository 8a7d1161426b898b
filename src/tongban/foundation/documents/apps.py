"""Application configuration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The slice ``tongban.foundation.documents``."""

    name = "tongban.foundation.documents"
    label = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.foundation.documents.declarations import declare

        declare()
