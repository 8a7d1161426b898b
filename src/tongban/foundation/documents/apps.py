"""Application configuration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The slice ``tongban.foundation.documents``."""

    name = "tongban.foundation.documents"
    label = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        """Register what the slice declares."""
        import tongban.foundation.documents.checks  # noqa: F401 - registers itself
        from tongban.foundation.documents.declarations import declare

        declare()
