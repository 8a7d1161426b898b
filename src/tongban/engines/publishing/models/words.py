"""The maintained list of wrong and sensitive wordings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ListedWord(models.Model):
    """A wording that is looked for before publication."""

    class Kind(models.TextChoices):
        """Why it is on the list."""

        WRONG = "wrong", pgettext_lazy("word", "错别字或用词不当")
        SENSITIVE = "sensitive", pgettext_lazy("word", "敏感表述")
        NAME = "name", pgettext_lazy("word", "名称不规范")

    text = models.CharField(_("词语"), max_length=60, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    replacement = models.CharField(_("建议用词"), max_length=100, blank=True)
    blocks = models.BooleanField(_("阻止发布"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    pack = models.CharField(_("数据包"), max_length=40, blank=True, help_text=_("空白表示由管理人员在系统内添加"))
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("检查词")
        verbose_name_plural = _("检查词")
        ordering: ClassVar = ["kind", "text"]

    def __str__(self) -> str:
        return self.text
