"""Keys by which machines act for an account."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """A key of one account; only its digest is kept, so the key itself is shown once."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("账户"))
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(_("密钥摘要"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("创建时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口密钥")
        verbose_name_plural = _("接口密钥")
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "name"], name="api_token_named_once")]

    def __str__(self) -> str:
        return self.name
