"""Application configuration."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """The slice ``tongban.affairs.surveys``."""

    name = "tongban.affairs.surveys"
    label = "surveys"
    verbose_name = "征集调查和在线访谈"

    def ready(self) -> None:
        """Register what the slice declares."""
        from tongban.affairs.surveys.declarations import declare

        declare()
