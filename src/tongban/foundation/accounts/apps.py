"""Application configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The slice ``tongban.foundation.accounts``."""

    name = "tongban.foundation.accounts"
    label = "accounts"
    verbose_name = "账户"
