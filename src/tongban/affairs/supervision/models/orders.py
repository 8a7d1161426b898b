"""Alarms, the orders that follow them, and what was answered. An alarm is never deleted; an order keeps its history."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.affairs.supervision.models.rulebook import Color, SupervisionRule
from tongban.engines.cases.models import Case, CaseClock, Task
from tongban.foundation.documents.models import IssuedDocument
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit

OPEN_STATES = ("sent", "sent_back", "escalated")
"""States in which an order waits for its answer."""
WITH_REPLY = ("supervision_order", "supervision_letter")
"""Kinds that must be answered within a limit."""


class Alarm(models.Model):
    """A signal raised by a rule, once for each occurrence (``key``).

    ``about`` names the subject (``case:<number>``). ``entered_on`` is the day of what was found, in China;
    ``entered_at`` the moment it was recorded. ``event_seq`` is the event of the case that proves it, if one does.
    Title, text and basis are copied from the rule, so that a later version of the rule changes no alarm.
    """

    class State(models.TextChoices):
        """Whether it counts."""

        STANDING = "standing", _("有效")
        UPHELD = "upheld", _("复核维持")
        WITHDRAWN = "withdrawn", _("已撤销")

    number = models.CharField(_("信号编号"), max_length=20, unique=True)
    rule_code = models.CharField(_("规则编号"), max_length=16)
    color = models.CharField(_("颜色"), max_length=8, choices=Color.choices)
    severity = models.CharField(_("程度"), max_length=8, choices=SupervisionRule.Severity.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    region_path = models.CharField(_("区划路径"), max_length=64)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任人")
    )
    about = models.CharField(_("对象"), max_length=120)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办件"))
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("任务"))
    clock = models.ForeignKey(
        CaseClock, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("时钟")
    )
    step = models.CharField(_("环节"), max_length=40, blank=True)
    event_seq = models.PositiveIntegerField(_("事件序号"), null=True, blank=True)
    title = models.JSONField(_("名称"))
    finding = models.JSONField(_("认定"))
    params = models.JSONField(_("数据"), default=dict)
    basis = models.JSONField(_("依据"))
    entered_on = models.DateField(_("发生日期"))
    entered_at = models.DateTimeField(_("记录时间"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.STANDING)
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    withdrawn_by = models.CharField(_("撤销人"), max_length=120, blank=True)
    withdrawn_reason = models.TextField(_("撤销理由"), blank=True)
    upheld_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    upheld_by = models.CharField(_("复核人"), max_length=120, blank=True)
    key = models.CharField(_("唯一标识"), max_length=160, unique=True)

    class Meta:
        verbose_name = _("监察信号")
        verbose_name_plural = _("监察信号")
        ordering: ClassVar = ["-entered_on", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["-entered_on", "-id"], name="alarm_recent"),
            models.Index(fields=["unit", "-entered_on"], name="alarm_of_unit"),
            models.Index(fields=["account", "-entered_on"], name="alarm_of_person"),
            models.Index(fields=["rule_code", "-entered_on"], name="alarm_of_rule"),
            models.Index(fields=["clock", "rule_code"], condition=Q(clock__isnull=False), name="alarm_of_clock"),
            models.Index(fields=["about"], name="alarm_about"),
            models.Index(
                OpClass("region_path", name="text_pattern_ops"), "entered_on", "color", name="alarm_by_region"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")
                | ~Q(state="withdrawn"),
                name="withdrawn_alarm_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Order(models.Model):
    """A reminder to get on with a case; a supervision order or letter, which must be answered within a limit of its own.

    None touches a case's clocks. A letter goes to the head of a unit whose score of a quarter was unqualified (SUP-05)
    and is a sealed ``document``. ``unit`` is who must answer; ``parent`` the order that this one follows because a
    lower unit did not answer in time.
    """

    class Kind(models.TextChoices):
        """With or without a duty to reply."""

        REMINDER = "reminder", _("催办")
        SUPERVISION = "supervision_order", _("督办")
        LETTER = "supervision_letter", _("督查函")

    class State(models.TextChoices):
        """Where it stands."""

        SENT = "sent", _("待回复")
        ANSWERED = "answered", _("已回复")
        ACCEPTED = "accepted", _("已认可")
        SENT_BACK = "sent_back", _("已退回重报")
        ESCALATED = "escalated", _("已报上级")
        WITHDRAWN = "withdrawn", _("已撤回")
        CLOSED = "closed", _("已了结")

    number = models.CharField(_("监察单编号"), max_length=20, unique=True)
    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    alarm = models.ForeignKey(
        Alarm, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("监察信号")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("来自监察单")
    )
    about = models.CharField(_("对象"), max_length=120)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办件"))
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("任务"))
    step = models.CharField(_("环节"), max_length=40, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    region_path = models.CharField(_("区划路径"), max_length=64)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    issuer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发出人")
    )
    issuer_name = models.CharField(_("发出人姓名"), max_length=120)
    issuer_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发出单位")
    )
    text = models.TextField(_("内容"))
    reply_days = models.PositiveSmallIntegerField(_("回复期限（工作日）"), null=True, blank=True)
    issued_at = models.DateTimeField(_("发出时间"))
    due_on = models.DateField(_("回复期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.SENT)
    answered_at = models.DateTimeField(_("最近回复时间"), null=True, blank=True)
    judged_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    judged_by = models.CharField(_("审核人"), max_length=120, blank=True)
    escalated_to = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报送上级单位")
    )
    escalated_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    event_seq = models.PositiveIntegerField(_("最后记录序号"), default=0)
    document = models.ForeignKey(
        IssuedDocument, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("文书")
    )
    key = models.CharField(_("唯一标识"), max_length=160, unique=True)

    class Meta:
        verbose_name = _("监察单")
        verbose_name_plural = _("监察单")
        ordering: ClassVar = ["-issued_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["unit", "due_on"], condition=Q(ended_at__isnull=True), name="order_live_unit"),
            models.Index(
                fields=["due_on"],
                condition=Q(due_on__isnull=False, state__in=("sent", "sent_back")),
                name="order_reply_awaited",
            ),
            models.Index(fields=["-issued_at", "-id"], name="order_recent"),
            models.Index(fields=["unit", "-issued_at"], name="order_of_unit"),
            models.Index(fields=["about"], name="order_about"),
            models.Index(OpClass("region_path", name="text_pattern_ops"), "state", "due_on", name="order_by_region"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="reminder", due_on__isnull=True, reply_days__isnull=True)
                | Q(kind__in=WITH_REPLY, due_on__isnull=False, reply_days__isnull=False),
                name="order_with_reply_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False, state__in=("accepted", "withdrawn", "closed"))
                | Q(ended_at__isnull=True, state__in=("sent", "answered", "sent_back", "escalated")),
                name="ended_order_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderReply(models.Model):
    """One answer to an order. Never changed; a later answer is a further row."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="replies", verbose_name=_("监察单"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("回复人")
    )
    author_name = models.CharField(_("回复人姓名"), max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("回复单位"))
    text = models.TextField(_("回复内容"))
    at = models.DateTimeField(_("回复时间"))
    late = models.BooleanField(_("逾期回复"), default=False)

    class Meta:
        verbose_name = _("监察单回复")
        verbose_name_plural = _("监察单回复")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.order_id}@{self.at}"


class ReplyFile(models.Model):
    """A file handed in with an answer."""

    reply = models.ForeignKey(OrderReply, models.PROTECT, related_name="files", verbose_name=_("回复"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))

    class Meta:
        verbose_name = _("回复附件")
        verbose_name_plural = _("回复附件")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.file_id)


class OrderEvent(models.Model):
    """What happened to an order, appended once; the database refuses to change or delete it."""

    class Kind(models.TextChoices):
        """What happened."""

        ISSUED = "issued", _("发出")
        ANSWERED = "answered", _("回复")
        ACCEPTED = "accepted", _("认可回复")
        SENT_BACK = "sent_back", _("退回重报")
        ESCALATED = "escalated", _("逾期未回复，报送上级")
        WITHDRAWN = "withdrawn", _("撤回")
        CLOSED = "closed", _("了结")

    order = models.ForeignKey(Order, models.PROTECT, related_name="events", verbose_name=_("监察单"))
    seq = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("操作"), max_length=12, choices=Kind.choices)
    actor_key = models.CharField(_("办理人标识"), max_length=120)
    actor_name = models.CharField(_("办理人"), max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    text = models.TextField(_("内容"), blank=True)
    reply = models.ForeignKey(
        OrderReply, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("回复")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("监察单记录")
        verbose_name_plural = _("监察单记录")
        ordering: ClassVar = ["order", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "seq"], name="order_event_seq_once")]

    def __str__(self) -> str:
        return f"{self.order_id}#{self.seq} {self.kind}"
