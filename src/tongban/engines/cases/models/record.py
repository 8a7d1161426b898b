"""What happened: events, documents, notes, the applicant's rating, and attempts to look a case up."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.models.case import Case
from tongban.engines.cases.models.work import Task
from tongban.foundation.documents.models import IssuedDocument
from tongban.foundation.organizations.models import Unit


class CaseEvent(models.Model):
    """One change, appended once. ``effective_on`` is the day the law counts from, ``at`` the moment of recording."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events", db_index=False, verbose_name=_("办件"))
    seq = models.PositiveIntegerField(_("序号"))
    act = models.CharField(_("操作"), max_length=40)
    kind = models.CharField(_("种类"), max_length=32)
    step = models.CharField(_("环节"), max_length=40, blank=True)
    title = models.JSONField(_("名称"), default=dict)
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("任务")
    )
    at = models.DateTimeField(_("时间"))
    effective_on = models.DateField(_("生效日"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("账户"),
    )
    actor_key = models.CharField(_("办理人标识"), max_length=120)
    actor_name = models.CharField(_("办理人"), max_length=120)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("单位")
    )
    from_status = models.CharField(_("原状态"), max_length=16, blank=True)
    to_status = models.CharField(_("新状态"), max_length=16, blank=True)
    note = models.TextField(_("说明"), blank=True)
    data = models.JSONField(_("内容"), default=dict)
    definition_version = models.PositiveIntegerField(_("流程版本"), default=1)
    visible_to_applicant = models.BooleanField(_("申请人可见"), default=True)
    key = models.CharField(_("幂等标识"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("办件事件")
        verbose_name_plural = _("办件事件")
        ordering: ClassVar = ["case", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq"], name="case_event_seq_once"),
            models.UniqueConstraint(fields=["case", "key"], condition=~Q(key=""), name="case_event_key_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["task"], condition=Q(task__isnull=False), name="case_event_task"),
            models.Index(fields=["account"], condition=Q(account__isnull=False), name="case_event_account"),
            models.Index(fields=["unit"], condition=Q(unit__isnull=False), name="case_event_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.act}"


class CaseDocument(models.Model):
    """A paper issued in a case: receipt, notice, decision, certificate."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents", verbose_name=_("办件"))
    kind = models.CharField(_("文书种类"), max_length=60)
    title = models.CharField(_("文书名称"), max_length=120)
    document = models.ForeignKey(IssuedDocument, models.PROTECT, related_name="+", verbose_name=_("文书"))
    visible_to_applicant = models.BooleanField(_("申请人可见"), default=True)
    event_seq = models.PositiveIntegerField(_("事件序号"))
    issued_at = models.DateTimeField(_("出具时间"))

    class Meta:
        verbose_name = _("办件文书")
        verbose_name_plural = _("办件文书")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.title


class CaseNote(models.Model):
    """A remark kept with the case: among officials, or between the applicant and the handler."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes", verbose_name=_("办件"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("作者")
    )
    author_name = models.CharField(_("署名"), max_length=120)
    from_applicant = models.BooleanField(_("申请人留言"), default=False)
    visible_to_applicant = models.BooleanField(_("申请人可见"), default=False)
    text = models.TextField(_("内容"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("备注")
        verbose_name_plural = _("备注")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


class Rating(models.Model):
    """How satisfied the applicant was (GB/T 39046-2020: 1 very satisfied … 5 very dissatisfied)."""

    class Score(models.IntegerChoices):
        """The standard's list; 4 and 5 are bad reviews that are followed up."""

        VERY_SATISFIED = 1, _("非常满意")
        SATISFIED = 2, _("满意")
        FAIR = 3, _("基本满意")
        DISSATISFIED = 4, _("不满意")
        VERY_DISSATISFIED = 5, _("非常不满意")

    case = models.OneToOneField(Case, models.CASCADE, related_name="rating", verbose_name=_("办件"))
    score = models.PositiveSmallIntegerField(_("评价"), choices=Score.choices)
    reasons = models.JSONField(_("原因"), default=list)
    comment = models.TextField(_("意见"), blank=True)
    is_bad = models.BooleanField(_("差评"), default=False)
    rated_at = models.DateTimeField(_("评价时间"))
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评价人")
    )
    answered_at = models.DateTimeField(_("回访时间"), null=True, blank=True)
    answered_by = models.CharField(_("回访人"), max_length=120, blank=True)
    answer = models.TextField(_("回访结果"), blank=True)

    class Meta:
        verbose_name = _("好差评")
        verbose_name_plural = _("好差评")
        indexes: ClassVar = [
            models.Index(
                fields=["rated_at"], condition=Q(is_bad=True, answered_at__isnull=True), name="rating_bad_unanswered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.score}"


class LookupAttempt(models.Model):
    """A failed look-up by number and secret; too many in a short time close the door for a while."""

    subject = models.CharField(_("对象"), max_length=80)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("查询失败记录")
        verbose_name_plural = _("查询失败记录")
        indexes: ClassVar = [models.Index(fields=["subject", "at"], name="lookup_attempt_recent")]

    def __str__(self) -> str:
        return self.subject
