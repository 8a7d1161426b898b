"""By what a repeated answer is recognized, until the survey or interview closes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.fields import EncryptedTextField


class Gate(models.Model):
    """The random key of one survey or interview. At the close it is destroyed together with every mark made with it."""

    key = EncryptedTextField(_("随机密钥"))
    closed_at = models.DateTimeField(_("销毁时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("防重复密钥")
        verbose_name_plural = _("防重复密钥")

    def __str__(self) -> str:
        return f"gate {self.pk}"


class Mark(models.Model):
    """A keyed digest of something seen before, and how often. It holds no address, no browser, no account and no time."""

    gate = models.ForeignKey(Gate, models.CASCADE, related_name="marks", verbose_name=_("防重复密钥"))
    digest = models.CharField(_("摘要"), max_length=64)
    count = models.PositiveIntegerField(_("次数"), default=1)

    class Meta:
        verbose_name = _("防重复标记")
        verbose_name_plural = _("防重复标记")
        constraints: ClassVar = [models.UniqueConstraint(fields=["gate", "digest"], name="survey_mark_once")]

    def __str__(self) -> str:
        return self.digest[:8]
