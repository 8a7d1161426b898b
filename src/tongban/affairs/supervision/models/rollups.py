"""Figures counted ahead, so that a screen reads hundreds of rows where millions of cases stand behind them.

Every row can be counted again from cases, tasks and clocks; ``touched`` says which units and days have to be.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.models import ProcessDefinition
from tongban.engines.cases.models.case import Light
from tongban.engines.catalog.models import Implementation, StandardItem
from tongban.foundation.organizations.models import Unit


class Measures(models.Model):
    """What is counted of one day. Days of work are working days; ``judged`` are closed cases that are no part of another.

    A case is late if its promised or its statutory clock ended after its date; one late against both counts once in ``late``.
    """

    arrivals = models.PositiveIntegerField(_("收件"), default=0)
    completions = models.PositiveIntegerField(_("办结"), default=0)
    judged = models.PositiveIntegerField(_("计入按时率的办结"), default=0)
    late = models.PositiveIntegerField(_("超期办结"), default=0)
    late_promised = models.PositiveIntegerField(_("超承诺期限"), default=0)
    late_statutory = models.PositiveIntegerField(_("超法定期限"), default=0)
    refusals = models.PositiveIntegerField(_("不予受理和不予许可"), default=0)
    corrections = models.PositiveIntegerField(_("补正告知"), default=0)
    handled = models.PositiveIntegerField(_("计用时的办结"), default=0)
    handling_days = models.PositiveBigIntegerField(_("办理用时"), default=0)
    promised_days = models.PositiveBigIntegerField(_("承诺时限合计"), default=0)
    stopped_days = models.PositiveBigIntegerField(_("停计天数"), default=0)
    specials = models.PositiveIntegerField(_("办结的特别程序"), default=0)
    special_days = models.PositiveBigIntegerField(_("特别程序用时"), default=0)

    class Meta:
        abstract = True


class DayFigure(Measures):
    """One unit, one item, one day."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name=_("单位"))
    implementation = models.ForeignKey(
        Implementation, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("实施事项")
    )
    day = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("日统计")
        verbose_name_plural = _("日统计")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "day", "implementation"], nulls_distinct=False, name="supervision_day_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="supervision_day_by_day")]

    def __str__(self) -> str:
        return f"{self.unit_id}:{self.implementation_id}@{self.day}"


class PlaceDayFigure(Measures):
    """One region with everything below it, one day: the sum of its units' figures."""

    region_path = models.CharField(_("区划路径"), max_length=64)
    day = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("地区日统计")
        verbose_name_plural = _("地区日统计")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region_path", "day"], name="supervision_place_day_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="supervision_place_by_day")]

    def __str__(self) -> str:
        return f"{self.region_path}@{self.day}"


class StepDayFigure(models.Model):
    """How the tasks of a step went that were finished on a day in the cases of a unit; days are working days."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name=_("单位"))
    definition = models.ForeignKey(ProcessDefinition, models.CASCADE, related_name="+", verbose_name=_("流程"))
    step = models.CharField(_("环节"), max_length=40)
    day = models.DateField(_("日期"))
    finished = models.PositiveIntegerField(_("完成"), default=0)
    late = models.PositiveIntegerField(_("超时完成"), default=0)
    days = models.PositiveBigIntegerField(_("用时"), default=0)
    late_days = models.PositiveBigIntegerField(_("超时天数"), default=0)

    class Meta:
        verbose_name = _("环节日统计")
        verbose_name_plural = _("环节日统计")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "day", "definition", "step"], name="supervision_step_day_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="supervision_step_by_day")]

    def __str__(self) -> str:
        return f"{self.unit_id}:{self.step}@{self.day}"


class PlaceStepDayFigure(models.Model):
    """The same for one region with everything below it."""

    region_path = models.CharField(_("区划路径"), max_length=64)
    definition = models.ForeignKey(ProcessDefinition, models.CASCADE, related_name="+", verbose_name=_("流程"))
    step = models.CharField(_("环节"), max_length=40)
    day = models.DateField(_("日期"))
    finished = models.PositiveIntegerField(_("完成"), default=0)
    late = models.PositiveIntegerField(_("超时完成"), default=0)
    days = models.PositiveBigIntegerField(_("用时"), default=0)
    late_days = models.PositiveBigIntegerField(_("超时天数"), default=0)

    class Meta:
        verbose_name = _("地区环节日统计")
        verbose_name_plural = _("地区环节日统计")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region_path", "day", "definition", "step"], name="supervision_place_step_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="supervision_pstep_by_day")]

    def __str__(self) -> str:
        return f"{self.region_path}:{self.step}@{self.day}"


class LiveFigure(models.Model):
    """How many running cases of a unit and item stand at a step under a light; ``roots`` leaves out parts of joint cases.

    ``overdue`` counts those of ``roots`` past their promised or statutory date; a red light may also come from a step.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name=_("单位"))
    region_path = models.CharField(_("区划路径"), max_length=64)
    implementation = models.ForeignKey(
        Implementation, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("实施事项")
    )
    definition = models.ForeignKey(ProcessDefinition, models.CASCADE, related_name="+", verbose_name=_("流程"))
    step = models.CharField(_("环节"), max_length=40)
    light = models.CharField(_("亮灯"), max_length=8, choices=Light.choices)
    running = models.PositiveIntegerField(_("在办"))
    roots = models.PositiveIntegerField(_("计入按时率的在办"))
    overdue = models.PositiveIntegerField(_("超承诺或法定期限"))

    class Meta:
        verbose_name = _("在办统计")
        verbose_name_plural = _("在办统计")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "implementation", "definition", "step", "light"],
                nulls_distinct=False,
                name="supervision_live_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(OpClass("region_path", name="text_pattern_ops"), name="supervision_live_region")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}:{self.step}:{self.light}"


class PlaceLiveFigure(models.Model):
    """The same for one region with everything below it, by the item's national standard."""

    region_path = models.CharField(_("区划路径"), max_length=64)
    standard_item = models.ForeignKey(
        StandardItem, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("标准事项")
    )
    definition = models.ForeignKey(ProcessDefinition, models.CASCADE, related_name="+", verbose_name=_("流程"))
    step = models.CharField(_("环节"), max_length=40)
    light = models.CharField(_("亮灯"), max_length=8, choices=Light.choices)
    running = models.PositiveIntegerField(_("在办"))
    overdue = models.PositiveIntegerField(_("超承诺或法定期限"))

    class Meta:
        verbose_name = _("地区在办统计")
        verbose_name_plural = _("地区在办统计")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region_path", "standard_item", "definition", "step", "light"],
                nulls_distinct=False,
                name="supervision_place_live_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_path}:{self.step}:{self.light}"


class Touched(models.Model):
    """A unit and a day whose figures have to be counted again; written by a trigger wherever an event is written.

    A light that turns changes what runs, not what happened on a day: its mark has no day.

    A refresh takes the rows it sees; what an open transaction has written stays for the next one, so nothing is missed
    however transactions overlap.
    """

    unit_id = models.BigIntegerField(_("单位"))
    day = models.DateField(_("日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("待重算")
        verbose_name_plural = _("待重算")

    def __str__(self) -> str:
        return f"{self.unit_id}@{self.day}"


class RollupState(models.Model):
    """When the figures were counted last, and what the last check found (one row)."""

    refreshed_at = models.DateTimeField(_("更新时间"), null=True, blank=True)
    checked_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    differing = models.PositiveIntegerField(_("核对不符"), default=0)
    report = models.JSONField(_("核对结果"), default=list)

    class Meta:
        verbose_name = _("统计状态")
        verbose_name_plural = _("统计状态")

    def __str__(self) -> str:
        return str(self.refreshed_at)
