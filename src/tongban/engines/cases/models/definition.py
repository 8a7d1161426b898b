"""Process definitions: what the law lets be done with a case, step by step, in numbered versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProcessDefinition(models.Model):
    """One version of a declared process. A published version never changes; a case keeps the one it began with."""

    class Status(models.TextChoices):
        """Where a version stands."""

        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        RETIRED = "retired", _("已停用")

    code = models.CharField(_("流程代码"), max_length=60)
    version = models.PositiveIntegerField(_("版本"))
    title = models.JSONField(_("名称"))
    regime = models.CharField(_("适用制度"), max_length=20)
    source = models.TextField(_("定义原文"))
    compiled = models.JSONField(_("编译结果"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    effective_from = models.DateField(_("启用日期"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.CharField(_("发布人"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("流程定义")
        verbose_name_plural = _("流程定义")
        ordering: ClassVar = ["code", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="process_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="process_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
