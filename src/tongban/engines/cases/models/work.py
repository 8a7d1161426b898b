"""Open work and running time: tasks, clocks and their ledgers, corrections, special procedures, extensions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.models.case import Case, Light
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.roles import Role


class Task(models.Model):
    """Work waiting for someone. The open tasks are the state of the process; a parent waits for its children.

    ``due_on`` is the earlier of the step's own limit and the case's running limit; both come from the clocks. ``light``
    is that of the step's own limit alone.
    """

    class Kind(models.TextChoices):
        """What opened it."""

        MAIN = "main", _("流程环节")
        SPECIAL = "special", _("特别程序")
        CO_HANDLE = "co_handle", _("会商")
        JOINT = "joint", _("并联审批")
        EXTENSION = "extension", _("延期审批")

    class State(models.TextChoices):
        """Whether it can be acted on."""

        OPEN = "open", _("待办")
        WAITING = "waiting", _("等待下级")
        CLOSED = "closed", _("已办")

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks", verbose_name=_("办件"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices, default=Kind.MAIN)
    step = models.CharField(_("环节"), max_length=40)
    title = models.CharField(_("环节名称"), max_length=100)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    role = models.CharField(_("角色"), max_length=32, choices=Role.choices, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("上级任务")
    )
    blocking = models.BooleanField(_("上级须等待"), default=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.OPEN)
    question = models.TextField(_("交办内容"), blank=True)
    opened_at = models.DateTimeField(_("开始时间"))
    step_due_on = models.DateField(_("环节到期日"), null=True, blank=True)
    due_on = models.DateField(_("到期日"), null=True, blank=True)
    warn_on = models.DateField(_("预警日"), null=True, blank=True)
    light = models.CharField(
        _("环节亮灯"), max_length=8, choices=Light.choices, default=Light.NONE, db_default=Light.NONE
    )
    closed_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("完成人")
    )
    outcome = models.CharField(_("结论"), max_length=40, blank=True)
    opinion = models.TextField(_("意见"), blank=True)
    late_days = models.PositiveIntegerField(_("超出环节时限"), default=0)

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = _("任务")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["unit", "due_on"], condition=Q(closed_at__isnull=True), name="task_live_unit_due"),
            models.Index(
                fields=["assignee", "due_on"], condition=Q(closed_at__isnull=True), name="task_live_person_due"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="closed_task_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.step}"


class CaseClock(models.Model):
    """One limit running on a case. The ledger (:class:`ClockEntry`) is the truth; the dates here are derived from it.

    The limit, its source and the rule's version are frozen here when the clock starts.
    """

    class Kind(models.TextChoices):
        """Which limit it is."""

        ACCEPTANCE = "acceptance", _("受理时限")
        STATUTORY = "statutory", _("法定时限")
        PROMISED = "promised", _("承诺时限")
        STEP = "step", _("环节时限")
        SPECIAL = "special", _("特别程序时限")
        DELIVERY = "delivery", _("送达时限")
        CORRECTION = "correction", _("补正期限")
        NOTICE = "notice", _("补正告知期间")
        REVIEW = "review", _("下级初审时限")
        EXPIRY = "expiry", _("证照有效期")

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks", verbose_name=_("办件"))
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="clocks", verbose_name=_("任务"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    figure = models.PositiveSmallIntegerField(_("时限"))
    unit = models.CharField(_("单位"), max_length=16)
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    rule_id = models.CharField(_("规则"), max_length=40, blank=True)
    rule_version = models.CharField(_("规则版本"), max_length=40, blank=True)
    on_expiry = models.CharField(_("届满后果"), max_length=20, blank=True)
    started_on = models.DateField(_("起算日"))
    due_on = models.DateField(_("到期日"), null=True, blank=True)
    warn_on = models.DateField(_("预警日"), null=True, blank=True)
    running = models.BooleanField(_("计时中"), default=True)
    provisional = models.BooleanField(_("暂定"), default=False)
    used = models.PositiveIntegerField(_("已用"), default=0)
    extended = models.PositiveSmallIntegerField(_("延长"), default=0)
    ended_on = models.DateField(_("终止日"), null=True, blank=True)
    late = models.BooleanField(_("逾期"), default=False)

    class Meta:
        verbose_name = _("时钟")
        verbose_name_plural = _("时钟")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"], condition=Q(ended_on__isnull=True, due_on__isnull=False), name="clock_live_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.kind}"


class ClockEntry(models.Model):
    """One line of a clock's ledger; never changed or deleted."""

    class Kind(models.TextChoices):
        """What happened to the clock."""

        START = "start", _("起算")
        STOP = "stop", _("停计")
        RESUME = "resume", _("恢复计时")
        EXTEND = "extend", _("延长")
        END = "end", _("终止")

    clock = models.ForeignKey(CaseClock, models.CASCADE, related_name="entries", verbose_name=_("时钟"))
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    on = models.DateField(_("日期"))
    at = models.DateTimeField(_("记录时间"))
    cause = models.CharField(_("事由"), max_length=200, blank=True)
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    resumption = models.CharField(_("恢复方式"), max_length=12, blank=True)
    extra_figure = models.PositiveSmallIntegerField(_("延长数"), null=True, blank=True)
    extra_unit = models.CharField(_("延长单位"), max_length=16, blank=True)
    event_seq = models.PositiveIntegerField(_("事件序号"), default=0)

    class Meta:
        verbose_name = _("计时记录")
        verbose_name_plural = _("计时记录")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.clock_id}:{self.kind}@{self.on}"


class Correction(models.Model):
    """The one notice that lists everything to be put right, and the answer to it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="corrections", verbose_name=_("办件"))
    items = models.JSONField(_("补正事项"))
    asked_at = models.DateTimeField(_("告知时间"))
    asked_by = models.CharField(_("告知人"), max_length=120)
    due_on = models.DateField(_("补正期限"))
    answered_at = models.DateTimeField(_("补正时间"), null=True, blank=True)
    lapsed_on = models.DateField(_("逾期日"), null=True, blank=True)

    class Meta:
        verbose_name = _("补正告知")
        verbose_name_plural = _("补正告知")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id}@{self.due_on}"


class SpecialProcedure(models.Model):
    """A survey, expert review, hearing or the like: visible and timed, whether or not the main clock stops for it."""

    class Kind(models.TextChoices):
        """The kinds a process may declare."""

        SURVEY = "survey", _("现场核查")
        EXPERT_REVIEW = "expert_review", _("专家评审")
        HEARING = "hearing", _("听证")
        PUBLICATION = "publication", _("公示")
        INSPECTION = "inspection", _("检验")
        TESTING = "testing", _("检测")
        QUARANTINE = "quarantine", _("检疫")
        APPRAISAL = "appraisal", _("鉴定")
        BIDDING = "bidding", _("招标")
        AUCTION = "auction", _("拍卖")
        THIRD_PARTY = "third_party", _("征求第三方意见")
        OTHER_AGENCY = "other_agency", _("征求其他机关意见")

    case = models.ForeignKey(Case, models.CASCADE, related_name="specials", verbose_name=_("办件"))
    task = models.OneToOneField(Task, models.CASCADE, related_name="special", verbose_name=_("任务"))
    code = models.CharField(_("程序代码"), max_length=40)
    kind = models.CharField(_("类别"), max_length=16, choices=Kind.choices)
    reason = models.TextField(_("事由"), blank=True)
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    stops_clock = models.BooleanField(_("停止计时"), default=False)
    expected_days = models.PositiveSmallIntegerField(_("告知所需天数"), null=True, blank=True)
    max_figure = models.PositiveSmallIntegerField(_("时限"))
    max_unit = models.CharField(_("单位"), max_length=16)
    started_at = models.DateTimeField(_("开始时间"))
    started_by = models.CharField(_("提起人"), max_length=120)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_by = models.CharField(_("经办人"), max_length=120, blank=True)
    result = models.CharField(_("结论"), max_length=40, blank=True)
    opinion = models.TextField(_("意见"), blank=True)
    data = models.JSONField(_("其他内容"), default=dict)
    report = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("记录或报告")
    )

    class Meta:
        verbose_name = _("特别程序")
        verbose_name_plural = _("特别程序")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id}:{self.code}"


class Extension(models.Model):
    """A request for more time and what the head of the unit decided."""

    class State(models.TextChoices):
        """Whether it was approved."""

        REQUESTED = "requested", _("待批准")
        GRANTED = "granted", _("已批准")
        REJECTED = "rejected", _("未批准")

    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions", verbose_name=_("办件"))
    task = models.OneToOneField(Task, models.CASCADE, related_name="extension", verbose_name=_("任务"))
    figure = models.PositiveSmallIntegerField(_("延长"))
    unit = models.CharField(_("单位"), max_length=16)
    reason = models.TextField(_("理由"))
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.REQUESTED)
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.CharField(_("申请人"), max_length=120)
    decided_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    decided_by = models.CharField(_("批准人"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("延期")
        verbose_name_plural = _("延期")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id}+{self.figure}"
