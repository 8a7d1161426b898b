"""Schemes, the ledger of points, monthly standings, objections, and bulletins.

Published schemes, entries of the ledger and bulletins never change; the database refuses it.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.indicators.rules import PeriodKind
from tongban.engines.indicators.schema import ScoreSpec
from tongban.foundation.documents.models import IssuedDocument
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Level, Unit
from tongban.foundation.packs.localized import localized


class ScoreScheme(models.Model):
    """One version of a declared scheme. A month is scored by the version in force on its first day."""

    code = models.CharField(_("编码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    title = models.JSONField(_("名称"))
    spec = models.JSONField(_("内容"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    effective_from = models.DateField(_("施行日期"))

    class Meta:
        verbose_name = _("评分办法")
        verbose_name_plural = _("评分办法")
        ordering: ClassVar = ["code", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="score_scheme_once"),
            models.UniqueConstraint(fields=["code", "effective_from"], name="score_scheme_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def content(self) -> ScoreSpec:
        """Return the scheme as declared."""
        return ScoreSpec.model_validate(self.spec)


class PointEntry(models.Model):
    """One line of the ledger: points taken or given, and why. Never changed; a counter-entry takes it back.

    ``day`` decides the month; a counter-entry has the day of what it reverses. ``about`` is what the points were given
    for (``alarm:…``), ``matter`` the case or other matter behind it (``case:…``), with the event's number if one proves
    it. An entry with an account counts for its unit and, apart from that, for the person.
    """

    scheme = models.ForeignKey(ScoreScheme, models.PROTECT, related_name="+", verbose_name=_("评分办法"))
    rule = models.CharField(_("规则"), max_length=40)
    part = models.CharField(_("分项"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人员")
    )
    day = models.DateField(_("计入日期"))
    points = models.DecimalField(_("分值"), max_digits=7, decimal_places=2)
    about = models.CharField(_("事由对象"), max_length=160, db_index=True)
    matter = models.CharField(_("相关事项"), max_length=160, blank=True)
    event_seq = models.PositiveIntegerField(_("事件序号"), null=True, blank=True)
    params = models.JSONField(_("事由数据"), default=dict)
    note = models.TextField(_("说明"), blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("冲销的记录")
    )
    entered_at = models.DateTimeField(_("记入时间"))
    entered_by = models.CharField(_("记入人"), max_length=120)
    key = models.CharField(_("唯一标识"), max_length=240, unique=True)

    class Meta:
        verbose_name = _("记分")
        verbose_name_plural = _("记分")
        ordering: ClassVar = ["day", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["unit", "day"], name="points_of_unit"),
            models.Index(fields=["account", "day"], condition=Q(account__isnull=False), name="points_of_person"),
            models.Index(fields=["day"], name="points_by_day"),
        ]

    def __str__(self) -> str:
        return self.key


class Standing(models.Model):
    """A month's score of a unit, or of a person in a unit, derived from the ledger and the volume of the month."""

    scheme = models.ForeignKey(ScoreScheme, models.PROTECT, related_name="+", verbose_name=_("评分办法"))
    code = models.CharField(_("办法编码"), max_length=40)
    month = models.DateField(_("月份"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人员")
    )
    volume = models.PositiveIntegerField(_("办结数"), default=0)
    parts = models.JSONField(_("分项得分"), default=dict)
    deducted = models.DecimalField(_("扣分"), max_digits=9, decimal_places=2)
    bonus = models.DecimalField(_("加分"), max_digits=7, decimal_places=2)
    points = models.DecimalField(_("系数前得分"), max_digits=7, decimal_places=2)
    coefficient = models.DecimalField(_("办件量系数"), max_digits=4, decimal_places=3)
    total = models.DecimalField(_("得分"), max_digits=7, decimal_places=2)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("月度得分")
        verbose_name_plural = _("月度得分")
        ordering: ClassVar = ["-month", "-total", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "month", "unit", "account"], name="standing_once", nulls_distinct=False
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "month"], condition=Q(account__isnull=False), name="standing_of_person"),
            models.Index(fields=["unit", "month"], name="standing_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.account_id or ''}@{self.month}"


class Objection(models.Model):
    """A unit or person says that an entry is wrong. One for each entry; the decision is final here."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("待决定")
        UPHELD = "upheld", _("申诉成立，分值恢复")
        REJECTED = "rejected", _("申诉不成立")

    number = models.CharField(_("申诉编号"), max_length=20, unique=True)
    entry = models.OneToOneField(PointEntry, models.PROTECT, related_name="objection", verbose_name=_("记分"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("申诉单位"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申诉人"))
    personal = models.BooleanField(_("个人申诉"), default=False)
    grounds = models.TextField(_("理由"))
    filed_at = models.DateTimeField(_("提出时间"))
    due_on = models.DateField(_("决定期限"))
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("决定人")
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decision = models.TextField(_("决定理由"), blank=True)

    class Meta:
        verbose_name = _("申诉")
        verbose_name_plural = _("申诉")
        ordering: ClassVar = ["-filed_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["due_on"], condition=Q(state="open"), name="objection_open")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="") & ~Q(state="open")),
                name="decided_objection_says_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("filed_by")),
                name="objection_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ObjectionFile(models.Model):
    """A piece of evidence handed in with an objection."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="files", verbose_name=_("申诉"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))

    class Meta:
        verbose_name = _("申诉材料")
        verbose_name_plural = _("申诉材料")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.file_id)


class Bulletin(models.Model):
    """A period's table as published: frozen content, a workbook and a sealed paper. A correction is a new version.

    ``code`` is its series; ``scheme`` is empty where the figures are counts and not scores.
    """

    class Kind(models.TextChoices):
        """For how long a period it speaks."""

        MONTH = PeriodKind.MONTH.value, _("月报")
        QUARTER = PeriodKind.QUARTER.value, _("季报")
        YEAR = PeriodKind.YEAR.value, _("年报")

    scheme = models.ForeignKey(
        ScoreScheme, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评分办法")
    )
    code = models.CharField(_("办法编码"), max_length=40)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind.choices)
    starts_on = models.DateField(_("期间首日"))
    period = models.CharField(_("期间"), max_length=8)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("发布单位"))
    version = models.PositiveSmallIntegerField(_("版本"))
    title = models.JSONField(_("标题"))
    reason = models.TextField(_("更正原因"), blank=True)
    data = models.JSONField(_("内容"))
    sha256 = models.CharField(_("内容校验值"), max_length=64)
    workbook = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("表格文件"))
    document = models.ForeignKey(IssuedDocument, models.PROTECT, related_name="+", verbose_name=_("文书"))
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.CharField(_("发布人"), max_length=120)

    class Meta:
        verbose_name = _("通报")
        verbose_name_plural = _("通报")
        ordering: ClassVar = ["-starts_on", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "unit", "period", "version"], name="bulletin_version_once"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="corrected_bulletin_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period} v{self.version}"

    @property
    def heading(self) -> str:
        """Return its title in the reader's language."""
        return localized(self.title)


class BulletinDelivery(models.Model):
    """A bulletin handed to the head of a unit, and when it was first opened."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="deliveries", verbose_name=_("通报"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("收件人"))
    delivered_at = models.DateTimeField(_("送达时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("通报送达")
        verbose_name_plural = _("通报送达")
        ordering: ClassVar = ["unit__code", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "unit", "account"], name="bulletin_delivered_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account"], condition=Q(read_at__isnull=True), name="bulletin_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id}:{self.account_id}"
