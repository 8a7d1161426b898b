"""Who gets the news of a site by mail: an address, the columns, how often. Nothing else is kept of a reader."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.engines.publishing.models.sites import Site
from tongban.foundation.accounts.fields import EncryptedTextField


class DigestSubscription(models.Model):
    """An address that asked for the new items of some columns; in force only once its owner has confirmed.

    A change asked for later waits in ``wanted`` until it is confirmed too. Whoever unsubscribes is deleted.
    """

    class Rhythm(models.TextChoices):
        """How often a mail goes out, if there is anything new."""

        DAILY = "daily", pgettext_lazy("digest", "每天")
        WEEKLY = "weekly", pgettext_lazy("digest", "每周")

    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("站点"))
    email = EncryptedTextField(_("邮箱"))
    email_digest = models.CharField(_("邮箱摘要"), max_length=64)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    columns = ArrayField(models.BigIntegerField(), verbose_name=_("栏目"), default=list)
    rhythm = models.CharField(_("频次"), max_length=8, choices=Rhythm.choices, default=Rhythm.DAILY)
    wanted = models.JSONField(_("待确认的选择"), default=dict)
    asked_at = models.DateTimeField(_("申请时间"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    covered_until = models.DateTimeField(_("已送到"), null=True, blank=True, help_text=_("此前发布的都已寄出"))

    class Meta:
        verbose_name = _("邮件订阅")
        verbose_name_plural = _("邮件订阅")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "email_digest"], name="digest_subscription_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(covered_until__isnull=False), name="digest_confirmed_covered"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rhythm", "covered_until"], condition=Q(confirmed_at__isnull=False), name="digest_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.pk} {self.rhythm}"


class DigestRequest(models.Model):
    """That someone asked for a confirmation mail: digests only, for the limits, and only for a day."""

    subject = models.CharField(_("对象"), max_length=80)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("订阅申请")
        verbose_name_plural = _("订阅申请")
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["subject", "at"], name="digest_request_recent")]

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%Y-%m-%d %H:%M}"
