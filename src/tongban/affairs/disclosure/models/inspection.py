"""What inspection found, how each site stood each day, and what is remembered of links and visits to home pages."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.affairs.disclosure.schema import InspectionSpec
from tongban.engines.publishing.models import Article, Column, Site
from tongban.foundation.organizations.models import Unit
from tongban.foundation.packs.localized import localized

LONGEST_LINK = 1000
"""Links longer than this are not tried."""


class InspectionScheme(models.Model):
    """One version of the declared indicators; it never changes."""

    code = models.CharField(_("编码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    title = models.JSONField(_("名称"))
    spec = models.JSONField(_("内容"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    effective_from = models.DateField(_("施行日期"))

    class Meta:
        verbose_name = _("检查指标")
        verbose_name_plural = _("检查指标")
        ordering: ClassVar = ["code", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "version"], name="inspection_scheme_once")]

    def __str__(self) -> str:
        return localized(self.title)

    @property
    def content(self) -> InspectionSpec:
        """Return the indicators as declared."""
        return InspectionSpec.model_validate(self.spec)


class Finding(models.Model):
    """Something wrong with a site, a column or a page; the duty unit's work item until it is put right.

    The same thing is one finding from the first night it is seen until it is gone. An excused one stays on the list and
    costs nothing.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("站点"))
    column = models.ForeignKey(Column, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("栏目"))
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("文章")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    check_name = models.CharField(_("检查项"), max_length=20)
    indicator = models.CharField(_("指标"), max_length=10)
    key = models.CharField(_("唯一标识"), max_length=200)
    url = models.CharField(_("地址"), max_length=1000, blank=True)
    params = models.JSONField(_("数据"), default=dict)
    first_seen_at = models.DateTimeField(_("首次发现"))
    last_seen_at = models.DateTimeField(_("最近发现"))
    resolved_at = models.DateTimeField(_("消除时间"), null=True, blank=True)
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    excused_at = models.DateTimeField(_("说明采纳时间"), null=True, blank=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采纳人")
    )
    excuse = models.CharField(_("情况说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("检查问题")
        verbose_name_plural = _("检查问题")
        ordering: ClassVar = ["first_seen_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "check_name", "key"], condition=Q(resolved_at__isnull=True), name="finding_open_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit"], condition=Q(resolved_at__isnull=True), name="finding_open_of_unit"),
            models.Index(fields=["column"], condition=Q(resolved_at__isnull=True), name="finding_open_of_column"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.key}"


class SiteDay(models.Model):
    """How a site stood on a day."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("站点"))
    scheme = models.ForeignKey(InspectionScheme, models.PROTECT, related_name="+", verbose_name=_("检查指标"))
    day = models.DateField(_("日期"))
    score = models.PositiveSmallIntegerField(_("得分"))
    passed = models.BooleanField(_("合格"))
    deductions = models.JSONField(_("扣分"), default=dict)
    vetoes = models.JSONField(_("单项否决"), default=list)
    findings = models.PositiveIntegerField(_("问题数"), default=0)

    class Meta:
        verbose_name = _("站点日检")
        verbose_name_plural = _("站点日检")
        ordering: ClassVar = ["-day", "site"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "day"], name="site_day_once")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.day}: {self.score}"


class Probe(models.Model):
    """One visit to a site's home page by the watch."""

    class Outcome(models.TextChoices):
        """What came of it."""

        OPEN = "open", pgettext_lazy("probe", "正常")
        SLOW = "slow", pgettext_lazy("probe", "过慢")
        FAILED = "failed", pgettext_lazy("probe", "打不开")

    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("站点"))
    at = models.DateTimeField(_("时间"))
    outcome = models.CharField(_("结果"), max_length=6, choices=Outcome.choices)
    milliseconds = models.PositiveIntegerField(_("用时（毫秒）"))

    class Meta:
        verbose_name = _("首页监测")
        verbose_name_plural = _("首页监测")
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["site", "-at"], name="probe_of_site")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.at}: {self.outcome}"


class LinkCheck(models.Model):
    """When an address was last tried, and how often in a row it failed. A link is dead after two failures."""

    url = models.CharField(_("地址"), max_length=LONGEST_LINK, unique=True)
    checked_at = models.DateTimeField(_("检查时间"))
    status = models.PositiveSmallIntegerField(_("返回码"), default=0, help_text=_("0 表示没有连上"))
    failures = models.PositiveSmallIntegerField(_("连续失败次数"), default=0)

    class Meta:
        verbose_name = _("链接检查")
        verbose_name_plural = _("链接检查")
        ordering: ClassVar = ["checked_at"]

    def __str__(self) -> str:
        return self.url
