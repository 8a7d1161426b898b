"""Application configuration."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """The slice ``tongban.affairs.surveys``."""

    name = "tongban.affairs.surveys"
    label = "surveys"
    verbose_name = "网上调查"
