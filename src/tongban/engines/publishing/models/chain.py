"""The editorial chain's rows: submissions, what happened to an article, who has it open."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.engines.publishing.models.articles import Article
from tongban.engines.publishing.models.sites import Column
from tongban.foundation.organizations.models import Unit


class Submission(models.Model):
    """A unit offers an article to a column: its future home, or a further column (a city's item to the province).

    ``points`` are those of the column when it was accepted; indicators count them by unit and period.
    """

    class State(models.TextChoices):
        """What became of it."""

        SUBMITTED = "submitted", pgettext_lazy("submission", "待处理")
        ACCEPTED = "accepted", pgettext_lazy("submission", "已采用")
        DECLINED = "declined", pgettext_lazy("submission", "未采用")
        RETURNED = "returned", pgettext_lazy("submission", "退回修改")
        RECALLED = "recalled", pgettext_lazy("submission", "已收回")

    article = models.ForeignKey(Article, models.CASCADE, related_name="submissions", verbose_name=_("文章"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("报送单位"))
    column = models.ForeignKey(Column, models.PROTECT, related_name="submissions", verbose_name=_("报送栏目"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    note = models.CharField(_("报送说明"), max_length=300, blank=True)
    reason = models.CharField(_("处理理由"), max_length=300, blank=True)
    points = models.PositiveSmallIntegerField(_("得分"), default=0)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("报送人")
    )
    submitted_at = models.DateTimeField(_("报送时间"))
    due_on = models.DateField(_("处理期限"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("处理人")
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("报送")
        verbose_name_plural = _("报送")
        ordering: ClassVar = ["-submitted_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["article", "column"], condition=Q(state="submitted"), name="submission_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="submitted") | Q(decided_at__isnull=False), name="submission_decided_has_date"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["column", "due_on"], condition=Q(state="submitted"), name="submission_waiting"),
            models.Index(fields=["unit", "-submitted_at"], name="submission_of_unit"),
            models.Index(fields=["decided_at"], condition=Q(state="accepted"), name="submission_accepted"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.column_id}: {self.state}"


class EditorialEvent(models.Model):
    """Something that happened to an article: one row a step, appended only."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="events", verbose_name=_("文章"))
    act = models.CharField(_("动作"), max_length=24)
    stage = models.CharField(_("之后的环节"), max_length=12)
    revision_n = models.PositiveIntegerField(_("版次"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    by_name = models.CharField(_("操作人姓名"), max_length=100, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    at = models.DateTimeField(_("时间"))
    due_on = models.DateField(_("上一环节期限"), null=True, blank=True)
    was_late = models.BooleanField(_("超期"), default=False)
    reason = models.CharField(_("理由或意见"), max_length=300, blank=True)
    data = models.JSONField(_("附加信息"), default=dict)

    class Meta:
        verbose_name = _("编审记录")
        verbose_name_plural = _("编审记录")
        ordering: ClassVar = ["article", "pk"]

    def __str__(self) -> str:
        return f"{self.article_id} {self.act}"


class Lock(models.Model):
    """Someone has the working copy open; others may read, and may take over when the time is up."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="lock", verbose_name=_("文章"))
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("使用人"))
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("到期时间"))

    class Meta:
        verbose_name = _("编辑锁")
        verbose_name_plural = _("编辑锁")

    def __str__(self) -> str:
        return f"{self.article_id}: {self.account_id}"
