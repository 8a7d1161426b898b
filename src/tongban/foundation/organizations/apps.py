"""Application configuration."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The slice ``tongban.foundation.organizations``."""

    name = "tongban.foundation.organizations"
    label = "organizations"
    verbose_name = "组织机构"

    def ready(self) -> None:
        """Declare the slice to those below."""
        from tongban.foundation.organizations.declarations import declare

        declare()
