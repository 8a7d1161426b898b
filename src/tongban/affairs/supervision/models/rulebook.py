"""The rules of supervision as declared in a pack, how far events have been looked at, and the counter of numbers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Color(models.TextChoices):
    """The three signals of electronic supervision."""

    BLUE = "blue", _("蓝色提醒")
    YELLOW = "yellow", _("黄牌")
    RED = "red", _("红牌")


class SupervisionRule(models.Model):
    """A rule by its stable code. What it finds is a Python function; signal, words, basis and thresholds are data."""

    class Severity(models.TextChoices):
        """How grave a finding is."""

        NOTICE = "notice", _("提示")
        MINOR = "minor", _("轻微")
        SERIOUS = "serious", _("严重")

    code = models.CharField(_("规则编号"), max_length=16, unique=True)
    order = models.PositiveSmallIntegerField(_("顺序"))
    group = models.CharField(_("类别"), max_length=12)
    signal = models.CharField(_("信号"), max_length=8)
    color = models.CharField(_("颜色"), max_length=8, choices=Color.choices)
    severity = models.CharField(_("程度"), max_length=8, choices=Severity.choices)
    title = models.JSONField(_("名称"))
    explanation = models.JSONField(_("说明"))
    finding = models.JSONField(_("认定文字"))
    basis = models.JSONField(_("依据"))
    source = models.JSONField(_("出处"))
    mark = models.CharField(_("核实标记"), max_length=12)
    params = models.JSONField(_("参数"), default=dict)
    active = models.BooleanField(_("启用"), default=True)
    digest = models.CharField(_("内容摘要"), max_length=64)

    class Meta:
        verbose_name = _("监察规则")
        verbose_name_plural = _("监察规则")
        ordering: ClassVar = ["order", "code"]

    def __str__(self) -> str:
        return self.code


class Watermark(models.Model):
    """How far a job has looked at events.

    Numbers are drawn before a transaction commits, so a run looks again from ``settled``: what was the last number one
    interval ago, when every transaction that had drawn a smaller one has ended.
    """

    name = models.CharField(_("名称"), max_length=40, primary_key=True)
    settled = models.BigIntegerField(_("已核至"), default=0)
    seen = models.BigIntegerField(_("已看至"), default=0)
    seen_at = models.DateTimeField(_("看到的时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("核查进度")
        verbose_name_plural = _("核查进度")

    def __str__(self) -> str:
        return f"{self.name}: {self.settled}"


class SerialCounter(models.Model):
    """The last serial given out for a kind of record on a day."""

    kind = models.CharField(_("种类"), max_length=4)
    day = models.DateField(_("日期"))
    last = models.PositiveIntegerField(_("最后序号"))

    class Meta:
        verbose_name = _("监察编号计数")
        verbose_name_plural = _("监察编号计数")
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "day"], name="supervision_counter_once_a_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}: {self.last}"
