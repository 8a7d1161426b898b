"""Application configuration."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The slice ``tongban.foundation.files``."""

    name = "tongban.foundation.files"
    label = "files"
    verbose_name = "文件"
