"""Calendars by year and jurisdiction, and the limits that the law sets."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.foundation.clock import rules


class CalendarYear(models.Model):
    """The arrangement of one year in one jurisdiction (empty: the nation; else a region code or its beginning).

    A local year overlays the national one: it holds only the days that differ from it.
    """

    class Status(models.TextChoices):
        OFFICIAL = "official", _("已公布")
        PROVISIONAL = "provisional", _("暂定")

    jurisdiction = models.CharField(
        _("适用区划"), max_length=12, blank=True, help_text=_("空为全国；否则为区划代码或其前几位")
    )
    year = models.PositiveSmallIntegerField(_("年份"))
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices)
    source = models.CharField(_("来源"), max_length=200)
    source_number = models.CharField(_("文号"), max_length=60, blank=True)
    taken_from = models.CharField(_("数据来源"), max_length=200, blank=True)
    entered_by = models.CharField(_("录入人"), max_length=120, help_text=_("数据包名称或办理人标识"))
    entered_by_hand = models.BooleanField(_("人工录入"), default=False)
    entered_at = models.DateTimeField(_("录入时间"))

    class Meta:
        verbose_name = _("年度工作日安排")
        verbose_name_plural = _("年度工作日安排")
        ordering: ClassVar = ["jurisdiction", "year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["jurisdiction", "year"], name="calendar_year_once"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2200), name="calendar_year_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction or 'CN'} {self.year} {self.status}"


class CalendarDay(models.Model):
    """A day that differs from the week (or is a named weekend day of a holiday). All other days follow the week."""

    calendar_year = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days", verbose_name=_("年度"))
    day = models.DateField(_("日期"))
    is_workday = models.BooleanField(_("上班"))
    name = models.CharField(_("节日"), max_length=60, help_text=_("节日代码，如 spring_festival；地方节日写名称"))

    class Meta:
        verbose_name = _("调整日")
        verbose_name_plural = _("调整日")
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["calendar_year", "day"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class CalendarProposal(models.Model):
    """A year's arrangement as someone entered it. It takes effect only when a second person confirms it.

    ``days_off`` and ``make_up`` map ISO days to the holiday's code or name; ``text`` is the notice as pasted.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("待确认")
        CONFIRMED = "confirmed", _("已生效")
        DECLINED = "declined", _("未同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    jurisdiction = models.CharField(_("适用区划"), max_length=12, blank=True)
    year = models.PositiveSmallIntegerField(_("年份"))
    text = models.TextField(_("通知原文"))
    days_off = models.JSONField(_("放假"), default=dict)
    make_up = models.JSONField(_("调休上班"), default=dict)
    source = models.CharField(_("来源"), max_length=200)
    source_number = models.CharField(_("文号"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.WAITING)
    proposed_by = models.CharField(_("录入人标识"), max_length=120)
    proposed_by_name = models.CharField(_("录入人"), max_length=120)
    proposed_at = models.DateTimeField(_("录入时间"))
    decided_by = models.CharField(_("确认人标识"), max_length=120, blank=True)
    decided_by_name = models.CharField(_("确认人"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("待确认的工作日安排")
        verbose_name_plural = _("待确认的工作日安排")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["jurisdiction", "year"], condition=Q(state="waiting"), name="calendar_proposal_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(proposed_by=F("decided_by")),
                name="calendar_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction or 'CN'} {self.year} {self.state}"


class CalendarStamp(models.Model):
    """One row that changes with every change of a calendar, so that a process knows when its copy is old."""

    stamp = models.UUIDField(_("标记"), default=uuid.uuid4)
    changed_at = models.DateTimeField(_("变更时间"))

    class Meta:
        verbose_name = _("日历标记")
        verbose_name_plural = _("日历标记")

    def __str__(self) -> str:
        return str(self.stamp)


class LimitRule(models.Model):
    """A limit, minimum, window, effect or duty that a law sets, in one version for one jurisdiction.

    ``figure`` and ``unit`` go together; kinds without a figure (an effect, a duty) have neither. ``valid_from`` is
    empty where the day on which the text came into force was not verified (so for some local rules). A published
    version never changes its figures; a changed law is a new version.
    """

    class Kind(models.TextChoices):
        LIMIT = "limit", _("期限")
        MINIMUM = "minimum", _("不得少于")
        WINDOW = "window", _("期间段")
        DUTY = "duty", _("要求")

    class Expiry(models.TextChoices):
        NONE = "none", _("无自动效力")
        DEEMED_ACCEPTED = "deemed_accepted", _("视为受理")
        DEEMED_CONSENT = "deemed_consent", _("视为同意")
        DEEMED_RENEWED = "deemed_renewed", _("视为准予延续")
        ABANDONED = "abandoned", _("视为放弃")
        ENDED = "ended", _("自动终止")
        ESCALATE = "escalate", _("上报")

    class Evidence(models.TextChoices):
        VERIFIED = "V", _("已核对条文")
        SECOND_HAND = "V2", _("转引，未见条文全文")
        UNVERIFIED = "K", _("未核对")

    class Duty(models.TextChoices):
        AGENCY = "agency", _("行政机关")
        PARTY = "party", _("当事人")
        EFFECT = "effect", _("法律效力")

    UNITS: ClassVar = [
        (rules.Unit.WORKING_DAY.value, _("工作日")),
        (rules.Unit.CALENDAR_DAY.value, _("自然日")),
        (rules.Unit.MONTH.value, _("月")),
        (rules.Unit.YEAR.value, _("年")),
        (rules.Unit.HOUR.value, _("小时")),
    ]

    rule_id = models.CharField(_("规则编号"), max_length=24)
    version = models.PositiveSmallIntegerField(_("版本"))
    jurisdiction = models.CharField(_("适用区划"), max_length=12, blank=True)
    domain = models.CharField(_("领域"), max_length=40, db_index=True)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    bound = models.CharField(_("约束对象"), max_length=8, choices=Duty.choices)
    title_zh = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300)
    figure = models.PositiveIntegerField(_("数值"), null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=12, choices=UNITS, blank=True)
    window = models.JSONField(_("期间段"), null=True, blank=True)
    start_event = models.CharField(_("起算"), max_length=60, blank=True)
    stop_event = models.CharField(_("截止"), max_length=60, blank=True)
    excluded_events = models.JSONField(_("不计入的时间"), default=list)
    extension = models.JSONField(_("延长"), null=True, blank=True)
    on_expiry = models.CharField(_("逾期效力"), max_length=16, choices=Expiry.choices, default=Expiry.NONE)
    overrides = models.CharField(_("优先于"), max_length=24, blank=True)
    valid_from = models.DateField(_("施行日期"), null=True, blank=True)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    applies_by = models.CharField(
        _("按何日适用"),
        max_length=10,
        choices=[("start_date", _("起算日")), ("event_date", _("事件日"))],
        default="start_date",
    )
    tags = models.JSONField(_("规则集"), default=list)
    source = models.JSONField(_("依据"))
    evidence = models.CharField(_("核对情况"), max_length=2, choices=Evidence.choices)
    event_names = models.JSONField(_("事件名称"), default=dict)
    note = models.JSONField(_("说明"), null=True, blank=True)
    checked_on = models.DateField(_("核对日期"))

    class Meta:
        verbose_name = _("时限规则")
        verbose_name_plural = _("时限规则")
        ordering: ClassVar = ["rule_id", "jurisdiction", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule_id", "jurisdiction", "version"], name="limit_rule_once"),
            models.CheckConstraint(
                condition=(Q(figure__isnull=True) & Q(unit="")) | (Q(figure__isnull=False) & ~Q(unit="")),
                name="limit_rule_figure_with_unit",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="limit_rule_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.version} {self.jurisdiction}".rstrip()

    @property
    def key(self) -> str:
        """Return what a case stores: rule, jurisdiction and version."""
        return f"{self.rule_id}@{self.jurisdiction or 'CN'}.v{self.version}"

    @property
    def title(self) -> str:
        """Return the title in the language of the present request."""
        return self.title_en if (get_language() or "").startswith("en") else self.title_zh

    @property
    def limit(self) -> rules.Limit:
        """Return figure and unit.

        :raises ClockError: ``rule.no_figure`` if the rule sets none
        """
        if self.figure is None:
            raise rules.ClockError("rule.no_figure", rule=self.rule_id)
        return rules.Limit(self.figure, rules.Unit(self.unit))

    @property
    def extra(self) -> rules.Limit | None:
        """Return how much the rule may be extended by, if at all."""
        if not self.extension:
            return None
        return rules.Limit(int(self.extension["figure"]), rules.Unit(self.extension["unit"]))

    def is_valid_on(self, day: dt.date) -> bool:
        """Tell whether this version is in force on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def facts(self) -> dict[str, Any]:
        """Return what may never change in a published version."""
        return {
            "figure": self.figure, "unit": self.unit, "window": self.window, "start_event": self.start_event,
            "stop_event": self.stop_event, "excluded_events": self.excluded_events, "extension": self.extension,
            "on_expiry": self.on_expiry, "valid_from": self.valid_from,
        }  # fmt: skip
