"""Surveys and consultations, their answers, and what is told of them after the close."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.affairs.surveys.models.gates import Gate
from tongban.affairs.surveys.rules.questions import Question, read
from tongban.affairs.surveys.rules.stages import Stage as StageRule
from tongban.engines.publishing.models import Article, Column
from tongban.foundation.forms.models import FormVersion
from tongban.foundation.organizations.models import Unit


class Stage(models.TextChoices):
    """Where a text stands on its way to the public; the values are those of the rules."""

    DRAFT = StageRule.DRAFT.value, pgettext_lazy("survey", "编制中")
    REVIEW = StageRule.REVIEW.value, pgettext_lazy("survey", "待审核")
    APPROVED = StageRule.APPROVED.value, pgettext_lazy("survey", "待发布")
    PUBLISHED = StageRule.PUBLISHED.value, pgettext_lazy("survey", "已发布")
    WITHDRAWN = StageRule.WITHDRAWN.value, pgettext_lazy("survey", "已撤回")


class Survey(models.Model):
    """A questionnaire or a consultation. From review on its questions stand; once published they never change.

    ``result`` is counted once more at the close and kept; ``form_version`` is the declared form answers are checked by.
    """

    class Kind(models.TextChoices):
        """What is asked for."""

        QUESTIONNAIRE = "questionnaire", pgettext_lazy("survey", "问卷调查")
        CONSULTATION = "consultation", pgettext_lazy("survey", "意见征集")

    class Who(models.TextChoices):
        """Who may answer."""

        ANYONE = "anyone", _("所有人，不用登录")
        ACCOUNTS = "accounts", _("实名账户，每个账户一次")

    class Results(models.TextChoices):
        """When the results become public."""

        CLOSING = "closing", _("截止时自动公布")
        DECISION = "decision", _("由栏目发布人决定")

    kind = models.CharField(pgettext_lazy("survey", "类别"), max_length=16, choices=Kind.choices)
    column = models.ForeignKey(Column, models.PROTECT, related_name="+", verbose_name=_("栏目"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("主办单位"))
    title = models.CharField(_("标题"), max_length=120)
    title_en = models.CharField(_("英文标题"), max_length=200, blank=True)
    intro = models.TextField(_("说明"), max_length=3000)
    intro_en = models.TextField(_("英文说明"), max_length=3000, blank=True)
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("征求意见稿")
    )
    questions = models.JSONField(_("题目"), default=list)
    form_version = models.ForeignKey(
        FormVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("表单版本")
    )
    who = models.CharField(_("谁可以参加"), max_length=10, choices=Who.choices, default=Who.ANYONE)
    results = models.CharField(_("结果何时公布"), max_length=10, choices=Results.choices, default=Results.CLOSING)
    opens_at = models.DateTimeField(_("开始时间"))
    closes_at = models.DateTimeField(_("截止时间"))
    stage = models.CharField(pgettext_lazy("survey", "环节"), max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    version = models.PositiveIntegerField(_("修改次数"), default=0)
    gate = models.OneToOneField(
        Gate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("防重复密钥")
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    opened_at = models.DateTimeField(_("开放处理时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("截止处理时间"), null=True, blank=True)
    result = models.JSONField(_("最终计数"), null=True, blank=True)
    results_at = models.DateTimeField(_("结果公布时间"), null=True, blank=True)
    summary_due_on = models.DateField(_("应公布采纳情况的日期"), null=True, blank=True)
    summary_told_at = models.DateTimeField(_("逾期提醒时间"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回的理由"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("征集调查")
        verbose_name_plural = _("征集调查")
        ordering: ClassVar = ["-opens_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="survey_closes_after_opening"),
            models.CheckConstraint(
                condition=~Q(stage="published") | Q(form_version__isnull=False, gate__isnull=False),
                name="survey_public_has_form",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["column", "-closes_at"], condition=Q(stage="published"), name="survey_of_column"),
            models.Index(
                fields=["closes_at"], condition=Q(stage="published", closed_at__isnull=True), name="survey_to_close"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asked(self) -> tuple[Question, ...]:
        """Return its questions."""
        return read(self.questions)


class Answer(models.Model):
    """One answer: the day and what was chosen. Nothing in it, and nothing beside it, says who gave it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers", verbose_name=_("征集调查"))
    values = models.JSONField(_("回答"))
    answered_on = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("答卷")
        verbose_name_plural = _("答卷")
        indexes: ClassVar = [models.Index(fields=["survey", "answered_on"], name="answer_of_survey")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.answered_on}"


class Comment(models.Model):
    """Free words of an answer; shown to others only after someone has read them."""

    class State(models.TextChoices):
        """Whether it is shown."""

        WAITING = "waiting", pgettext_lazy("comment", "待审看")
        SHOWN = "shown", pgettext_lazy("comment", "公开")
        HIDDEN = "hidden", pgettext_lazy("comment", "不公开")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="comments", verbose_name=_("征集调查"))
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="comments", verbose_name=_("答卷"))
    question = models.CharField(_("题号"), max_length=10)
    text = models.TextField(_("内容"), max_length=2000)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("不公开的理由"), max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审看人")
    )
    decided_at = models.DateTimeField(_("审看时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("文字意见")
        verbose_name_plural = _("文字意见")
        indexes: ClassVar = [models.Index(fields=["survey", "state"], name="comment_of_survey")]

    def __str__(self) -> str:
        return self.text[:40]


class Summary(models.Model):
    """What a consultation brought: each opinion in substance, whether it was adopted, and why.

    ``items`` are ``{opinion, count, decision: adopted|partly|declined, reason}``.
    """

    survey = models.OneToOneField(Survey, models.PROTECT, related_name="summary", verbose_name=_("征集调查"))
    text = models.TextField(_("总体情况"), max_length=5000)
    items = models.JSONField(_("意见和采纳情况"), default=list)
    stage = models.CharField(pgettext_lazy("survey", "环节"), max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("征集结果")
        verbose_name_plural = _("征集结果")

    def __str__(self) -> str:
        return str(self.survey)


class DeskEvent(models.Model):
    """What was done at the desk with a survey or an interview, by whom; it also tells who may not review."""

    survey = models.ForeignKey(
        Survey, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("征集调查")
    )
    interview = models.ForeignKey(
        "surveys.Interview", models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("在线访谈")
    )
    part = models.CharField(_("所办的部分"), max_length=10)
    act = models.CharField(_("动作"), max_length=16)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办理人")
    )
    by_name = models.CharField(_("姓名"), max_length=80)
    at = models.DateTimeField(_("时间"))
    reason = models.CharField(_("理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(survey__isnull=True, interview__isnull=False)
                | Q(survey__isnull=False, interview__isnull=True),
                name="desk_event_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.at}"
