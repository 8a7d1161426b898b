"""Published form versions and the drafts of those who fill them in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.fields import EncryptedTextField
from tongban.foundation.forms.schema import FormSpec

_definitions: dict[tuple[int, str], FormSpec] = {}


class FormVersion(models.Model):
    """One published version of a form; it never changes."""

    code = models.CharField(_("表单代码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    title = models.JSONField(_("名称"))
    spec = models.JSONField(_("定义"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    effective_from = models.DateField(_("启用日期"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"))

    class Meta:
        verbose_name = _("表单版本")
        verbose_name_plural = _("表单版本")
        ordering: ClassVar = ["code", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "version"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"

    @property
    def definition(self) -> FormSpec:
        """Return the checked definition; a published version never changes, so it is parsed once in a process."""
        key = (self.pk, self.sha256)
        found = _definitions.get(key)
        if found is None:
            found = FormSpec.model_validate(self.spec)
            if self.pk is not None:
                _definitions[key] = found
        return found


class Draft(models.Model):
    """What someone has filled in so far. The submission key makes a repeated submission one and the same."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("申请人账户")
    )
    purpose = models.CharField(
        _("用途"), max_length=120, help_text=_("为什么而填，如 apply:事项代码；同一用途只有一份未提交的草稿")
    )
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="+", verbose_name=_("表单版本"))
    answers = EncryptedTextField(_("已填内容"))
    known = EncryptedTextField(_("预填内容"), help_text=_("每个字段的值、来源和取得时间"))
    extra = models.JSONField(_("其他选择"), default=dict, help_text=_("情形、材料等，不含个人信息"))
    step = models.CharField(_("当前步骤"), max_length=60, blank=True)
    submission_key = models.UUIDField(_("提交标识"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"))
    updated_at = models.DateTimeField(_("保存时间"))
    expires_at = models.DateTimeField(_("保留至"), db_index=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("草稿")
        verbose_name_plural = _("草稿")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "purpose"], condition=models.Q(submitted_at__isnull=True), name="one_open_draft"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose}#{self.pk}"
