"""Interviews: who speaks when, what citizens ask, and the text as it grows."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.affairs.surveys.models.gates import Gate
from tongban.affairs.surveys.models.surveys import Stage
from tongban.engines.publishing.models import Column, MediaItem
from tongban.foundation.organizations.models import Unit


class Interview(models.Model):
    """An interview: announced, then live, then edited and published as a transcript."""

    column = models.ForeignKey(Column, models.PROTECT, related_name="+", verbose_name=_("栏目"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("主办单位"))
    title = models.CharField(_("标题"), max_length=120)
    title_en = models.CharField(_("英文标题"), max_length=200, blank=True)
    intro = models.TextField(_("预告"), max_length=3000)
    intro_en = models.TextField(_("英文预告"), max_length=3000, blank=True)
    host = models.CharField(_("主持人"), max_length=60)
    guests = models.TextField(_("嘉宾"), max_length=600, help_text=_("每行一位：姓名，职务。"))
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("预计结束时间"))
    film = models.ForeignKey(MediaItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("视频"))
    stage = models.CharField(pgettext_lazy("survey", "环节"), max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    version = models.PositiveIntegerField(_("修改次数"), default=0)
    gate = models.OneToOneField(
        Gate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("防重复密钥")
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    started_at = models.DateTimeField(_("实际开始"), null=True, blank=True)
    ended_at = models.DateTimeField(_("实际结束"), null=True, blank=True)
    transcript_stage = models.CharField(_("实录环节"), max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    transcript_at = models.DateTimeField(_("实录发布时间"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回的理由"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("在线访谈")
        verbose_name_plural = _("在线访谈")
        ordering: ClassVar = ["-starts_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="interview_ends_after_start"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["column", "-starts_at"], condition=Q(stage="published"), name="interview_of_column"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def people(self) -> list[str]:
        """Return the guests, one each."""
        return [line.strip() for line in self.guests.splitlines() if line.strip()]


class InterviewQuestion(models.Model):
    """What a citizen asks. ``text`` is as sent; ``shown_text`` as the editor lets it be seen."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", pgettext_lazy("question", "待审看")
        APPROVED = "approved", pgettext_lazy("question", "待回答")
        ANSWERED = "answered", pgettext_lazy("question", "已回答")
        DECLINED = "declined", pgettext_lazy("question", "未采用")

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="questions", verbose_name=_("在线访谈"))
    name = models.CharField(_("称呼"), max_length=20, blank=True)
    text = models.TextField(_("问题"), max_length=500)
    shown_text = models.TextField(_("公开的文字"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("不采用的理由"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("提问时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审看人")
    )
    decided_at = models.DateTimeField(_("审看时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("访谈提问")
        verbose_name_plural = _("访谈提问")
        ordering: ClassVar = ["asked_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["interview", "state"], name="question_of_interview")]

    def __str__(self) -> str:
        return self.text[:40]


class InterviewLine(models.Model):
    """One passage of the text. ``edited`` is the working copy after the end; publishing the transcript makes it the text."""

    class Kind(models.TextChoices):
        """Who speaks."""

        HOST = "host", pgettext_lazy("interview", "主持人")
        GUEST = "guest", pgettext_lazy("interview", "嘉宾")
        CITIZEN = "citizen", pgettext_lazy("interview", "网友")

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="lines", verbose_name=_("在线访谈"))
    number = models.PositiveIntegerField(_("次序"))
    kind = models.CharField(_("发言人类别"), max_length=8, choices=Kind.choices)
    speaker = models.CharField(_("发言人"), max_length=60)
    text = models.TextField(_("文字"), max_length=4000)
    edited = models.TextField(_("整理后的文字"), max_length=4000, blank=True)
    question = models.ForeignKey(
        InterviewQuestion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("访谈提问")
    )
    said_at = models.DateTimeField(_("时间"))
    dropped = models.BooleanField(_("删去"), default=False)

    class Meta:
        verbose_name = _("访谈文字")
        verbose_name_plural = _("访谈文字")
        ordering: ClassVar = ["interview", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["interview", "number"], name="interview_line_once")]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text[:30]}"
