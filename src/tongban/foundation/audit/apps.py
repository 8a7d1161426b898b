"""Application configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The slice ``tongban.foundation.audit``."""

    name = "tongban.foundation.audit"
    label = "audit"
    verbose_name = "审计"
