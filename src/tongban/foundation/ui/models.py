"""The one row that names this site."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteProfile(models.Model):
    """Name, slogan, and who answers for the site, in both languages."""

    texts = models.JSONField(_("文字"))
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("站点信息")
        verbose_name_plural = _("站点信息")

    def __str__(self) -> str:
        return "site"
