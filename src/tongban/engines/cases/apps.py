"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """The slice ``tongban.engines.cases``."""

    name = "tongban.engines.cases"
    label = "cases"
    verbose_name = _("办件")

    def ready(self) -> None:
        """Declare what the slices below should know."""
        from tongban.engines.cases.declarations import declare

        declare()
