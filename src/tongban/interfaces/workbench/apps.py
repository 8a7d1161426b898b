"""Application configuration."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The slice ``tongban.interfaces.workbench``."""

    name = "tongban.interfaces.workbench"
    label = "workbench"
    verbose_name = "工作台"
