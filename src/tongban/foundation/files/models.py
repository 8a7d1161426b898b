"""Stored files: what was uploaded or generated, by whom, and how it checks out."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One file kept outside the web root under its SHA-256."""

    class Origin(models.TextChoices):
        """Where the bytes came from."""

        UPLOAD = "upload", _("上传")
        GENERATED = "generated", _("系统生成")

    class Scan(models.TextChoices):
        """What the malware scan said."""

        CLEAN = "clean", _("未发现病毒")
        PENDING = "pending", _("等待查毒")
        INFECTED = "infected", _("发现病毒")
        NOT_SCANNED = "not_scanned", _("未配置查毒")

    id = models.UUIDField(_("编号"), primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(_("校验值"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    content_type = models.CharField(_("内容类型"), max_length=100)
    name = models.CharField(_("文件名"), max_length=255)
    origin = models.CharField(_("来源"), max_length=16, choices=Origin.choices, default=Origin.UPLOAD)
    scan = models.CharField(_("查毒结果"), max_length=16, choices=Scan.choices, default=Scan.NOT_SCANNED)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("上传人")
    )
    stored_at = models.DateTimeField(_("入库时间"))

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        indexes: ClassVar = [models.Index(fields=["uploaded_by", "stored_at"], name="file_by_person")]

    def __str__(self) -> str:
        return self.name
