"""The public face: figures of a month frozen when they are published, and the unit's reason for each late case."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.models import Case
from tongban.engines.catalog.models import Implementation
from tongban.foundation.organizations.models import Unit


class PublishedMonth(models.Model):
    """A month whose figures are out. They are not counted again: what the public has read stays as it was read."""

    month = models.DateField(_("月份"), unique=True, help_text=_("该月第一天"))
    published_at = models.DateTimeField(_("公布时间"))
    threshold = models.PositiveSmallIntegerField(_("最少件数"), help_text=_("少于这个件数的不公布用时和按时率"))

    class Meta:
        verbose_name = _("服务时限公布")
        verbose_name_plural = _("服务时限公布")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ServiceFigure(models.Model):
    """What one place reached in a published month: an item of a unit, a whole unit, or a whole region.

    Days are working days as the promise counts them: special procedures and corrections are not in them. Rates and days
    are empty where fewer cases were closed than the month's threshold.
    """

    month = models.ForeignKey(PublishedMonth, models.CASCADE, related_name="figures", verbose_name=_("月份"))
    region_path = models.CharField(_("区划路径"), max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    implementation = models.ForeignKey(
        Implementation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("实施事项")
    )
    closed = models.PositiveIntegerField(_("办结"))
    late = models.PositiveIntegerField(_("超期办结"), null=True, blank=True)
    promised = models.DecimalField(_("平均承诺"), max_digits=6, decimal_places=1, null=True, blank=True)
    mean = models.DecimalField(_("平均用时"), max_digits=6, decimal_places=1, null=True, blank=True)
    median = models.DecimalField(_("用时中位数"), max_digits=6, decimal_places=1, null=True, blank=True)

    class Meta:
        verbose_name = _("服务时限公布数据")
        verbose_name_plural = _("服务时限公布数据")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "region_path", "unit", "implementation"],
                nulls_distinct=False,
                name="supervision_service_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month_id}:{self.region_path}:{self.unit_id}:{self.implementation_id}"


class LateReason(models.Model):
    """Why a case was closed after its limit, in the unit's words for the public.

    国务院《优化营商环境条例》第三十六条: a matter not finished within the promised limit asks for a public explanation.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name=_("办件"))
    text = models.CharField(_("原因"), max_length=300)
    entered_at = models.DateTimeField(_("填写时间"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("填写人")
    )
    entered_name = models.CharField(_("署名"), max_length=120)

    class Meta:
        verbose_name = _("超期原因")
        verbose_name_plural = _("超期原因")

    def __str__(self) -> str:
        return self.text[:40]
