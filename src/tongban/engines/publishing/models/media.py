"""The media library: pictures with their renditions, films, sound. A picture needs an alternative text."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit


class MediaItem(models.Model):
    """One picture, film or recording. Texts show it as ``/media/<id>/<rendition>``; ``original`` is the file itself."""

    class Kind(models.TextChoices):
        """What it is."""

        IMAGE = "image", pgettext_lazy("media", "图片")
        VIDEO = "video", pgettext_lazy("media", "视频")
        AUDIO = "audio", pgettext_lazy("media", "音频")

    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices, default=Kind.IMAGE)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("所属单位"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    title = models.CharField(_("名称"), max_length=120)
    alt = models.CharField(_("替代文字"), max_length=300, blank=True, help_text=_("读屏软件读出的文字，图片必填"))
    credit = models.CharField(_("作者或来源"), max_length=100, blank=True)
    width = models.PositiveIntegerField(_("宽"), null=True, blank=True)
    height = models.PositiveIntegerField(_("高"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("媒体资料")
        verbose_name_plural = _("媒体资料")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kind="image") | ~Q(alt=""), name="media_image_has_alt"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "-id"], name="media_of_unit")]

    def __str__(self) -> str:
        return self.title


class Rendition(models.Model):
    """A smaller copy of a picture. ``spec`` is ``w320``, ``w640`` or ``w1280``: the greatest width in pixels."""

    media = models.ForeignKey(MediaItem, models.CASCADE, related_name="renditions", verbose_name=_("媒体资料"))
    spec = models.CharField(_("规格"), max_length=16)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    width = models.PositiveIntegerField(_("宽"))
    height = models.PositiveIntegerField(_("高"))

    class Meta:
        verbose_name = _("缩略图")
        verbose_name_plural = _("缩略图")
        ordering: ClassVar = ["media", "width"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["media", "spec"], name="rendition_once")]

    def __str__(self) -> str:
        return f"{self.media_id}/{self.spec}"
