"""Counting due dates anew after a calendar changed: how far it has come and what it moved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recount(models.Model):
    """One recount. ``last_case`` is how far it has come, so that an interrupted one goes on where it stopped."""

    jurisdiction = models.CharField(_("适用区划"), max_length=12, blank=True)
    first_day = models.DateField(_("最早变动日"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    asked_by = models.CharField(_("提出人"), max_length=120)
    asked_at = models.DateTimeField(_("提出时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    total = models.PositiveIntegerField(_("须核对"), default=0)
    counted = models.PositiveIntegerField(_("已核对"), default=0)
    moved = models.PositiveIntegerField(_("到期日变动"), default=0)
    earlier = models.PositiveIntegerField(_("到期日提前"), default=0)
    last_case = models.BigIntegerField(_("已到办件"), default=0)

    class Meta:
        verbose_name = _("到期日重新计算")
        verbose_name_plural = _("到期日重新计算")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.jurisdiction or 'CN'} {self.counted}/{self.total}"
