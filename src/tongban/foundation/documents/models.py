"""Document templates with their versions, and the documents issued from them."""

from __future__ import annotations

import json
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.fields import EncryptedTextField
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit


class DocumentTemplate(models.Model):
    """One version of a declared document. A published version never changes."""

    code = models.CharField(_("编码"), max_length=64)
    version = models.PositiveIntegerField(_("版本"))
    title = models.JSONField(_("名称"))
    spec = models.JSONField(_("内容"))
    sha256 = models.CharField(_("校验值"), max_length=64)

    class Meta:
        verbose_name = _("文书模板")
        verbose_name_plural = _("文书模板")
        ordering: ClassVar = ["code", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "version"], name="document_template_once")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class IssuedDocument(models.Model):
    """A document in force from ``issued_at``. Its content is fixed then; the PDF is typeset and sealed once, when first needed."""

    class State(models.TextChoices):
        """Whether the PDF exists."""

        PENDING = "pending", _("待生成")
        READY = "ready", _("已生成")

    id = models.UUIDField(_("编号"), primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(DocumentTemplate, models.PROTECT, related_name="+", verbose_name=_("模板"))
    code = models.CharField(_("模板编码"), max_length=64)
    number = models.CharField(_("文书编号"), max_length=120)
    about = models.CharField(_("关于"), max_length=160, db_index=True)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    content = EncryptedTextField(_("内容"))
    content_sha256 = models.CharField(_("内容校验值"), max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("制发单位"))
    signed = models.BooleanField(_("加盖电子印章"))
    seal = models.CharField(_("印章服务"), max_length=40, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.PENDING)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件")
    )
    sha256 = models.CharField(_("文件校验值"), max_length=64, blank=True, db_index=True)
    issued_at = models.DateTimeField(_("制发时间"))
    rendered_at = models.DateTimeField(_("生成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("文书")
        verbose_name_plural = _("文书")
        ordering: ClassVar = ["issued_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "number", "about"], name="document_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def data(self) -> dict[str, Any]:
        """Return the data the document states."""
        return dict(json.loads(self.content or "{}"))

    @property
    def version(self) -> int:
        """Return the version of the template."""
        return self.template.version
