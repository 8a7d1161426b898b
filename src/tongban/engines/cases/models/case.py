"""The case itself, what was filed with it, and the counter its number comes from."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.cases.models.definition import ProcessDefinition
from tongban.engines.catalog.models import Implementation
from tongban.engines.licenses.models import License
from tongban.foundation.accounts.fields import EncryptedTextField
from tongban.foundation.files.models import StoredFile
from tongban.foundation.forms.models import FormVersion
from tongban.foundation.organizations.models import Unit


class Light(models.TextChoices):
    """How a case or a task stands against its limits today."""

    GREEN = "green", _("正常")
    AMBER = "amber", _("临期")
    RED = "red", _("超期")
    PAUSED = "paused", _("停计")
    NONE = "none", _("不计时")


class Case(models.Model):
    """One matter handled for one applicant. A small, hot row: what was filed stands in :class:`CaseForm`.

    Dates in columns are derived from the clocks' ledgers; ``version`` grows with every act and guards against acting
    on a page that is out of date; ``event_seq`` numbers the events. Every index costs each turn of a light: keys that begin
    another index have none of their own, keys that are mostly empty have one of what is not.
    """

    class Status(models.TextChoices):
        """Where a case stands, in the law's words."""

        SUBMITTED = "submitted", _("已提交")
        PRE_REVIEW = "pre_review", _("收件核对")
        CORRECTION = "correction", _("待补正")
        ACCEPTED = "accepted", _("已受理")
        NOT_ACCEPTED = "not_accepted", _("不予受理")
        HANDLING = "handling", _("办理中")
        DECIDED = "decided", _("已决定")
        DELIVERED = "delivered", _("已送达")
        CLOSED = "closed", _("已办结")
        WITHDRAWN = "withdrawn", _("已撤回")
        ABANDONED = "abandoned", _("视为放弃")

    class Result(models.TextChoices):
        """What came of it."""

        NONE = "", _("未有结果")
        GRANTED = "granted", _("准予")
        REFUSED = "refused", _("不予许可")
        NOT_ACCEPTED = "not_accepted", _("不予受理")
        WITHDRAWN = "withdrawn", _("申请人撤回")
        ABANDONED = "abandoned", _("视为放弃")
        TERMINATED = "terminated", _("终止办理")
        RETURNED = "returned", _("退回")

    class Channel(models.TextChoices):
        """How it came in."""

        ONLINE = "online", _("网上")
        WINDOW = "window", _("大厅")
        API = "api", _("平台转入")

    number = models.CharField(_("办件编号"), max_length=18, unique=True)
    secret_hash = models.CharField(_("查询码摘要"), max_length=64)
    definition = models.ForeignKey(
        ProcessDefinition, models.PROTECT, related_name="+", db_index=False, verbose_name=_("流程")
    )
    implementation = models.ForeignKey(
        Implementation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("实施事项")
    )
    title = models.CharField(_("事项名称"), max_length=200)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,
        verbose_name=_("主办件"),
    )
    renews = models.ForeignKey(
        License,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("申请延续的证照"),
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("申请账户"),
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("代办人"),
    )
    applicant_name = models.CharField(_("申请人"), max_length=120)
    applicant_digest = models.CharField(_("申请人证件摘要"), max_length=64, blank=True)
    applicant_kind = models.CharField(_("申请人类别"), max_length=16)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("办理单位"))
    region_path = models.CharField(_("区划路径"), max_length=64)
    status = models.CharField(_("状态"), max_length=16, choices=Status.choices, default=Status.SUBMITTED)
    open_steps = models.CharField(_("当前环节"), max_length=200, blank=True)
    result = models.CharField(_("结果"), max_length=16, choices=Result.choices, blank=True, default=Result.NONE)
    channel = models.CharField(_("来源"), max_length=12, choices=Channel.choices, default=Channel.ONLINE)
    submission_key = models.UUIDField(_("提交标识"), unique=True)
    submitted_at = models.DateTimeField(_("提交时间"))
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    statutory_due_on = models.DateField(_("法定到期日"), null=True, blank=True)
    promised_due_on = models.DateField(_("承诺到期日"), null=True, blank=True)
    step_due_on = models.DateField(_("环节到期日"), null=True, blank=True)
    due_provisional = models.BooleanField(_("到期日暂定"), default=False)
    paused = models.BooleanField(_("停计"), default=False)
    light = models.CharField(_("亮灯"), max_length=8, choices=Light.choices, default=Light.NONE)
    next_check_on = models.DateField(_("下次核对日"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    event_seq = models.PositiveIntegerField(_("最后事件序号"), default=0)

    class Meta:
        verbose_name = _("办件")
        verbose_name_plural = _("办件")
        indexes: ClassVar = [
            models.Index(fields=["next_check_on"], condition=Q(closed_at__isnull=True), name="case_live_next_check"),
            models.Index(fields=["unit", "status"], condition=Q(closed_at__isnull=True), name="case_live_unit"),
            models.Index(
                OpClass("region_path", name="text_pattern_ops"),
                "light",
                condition=Q(closed_at__isnull=True),
                name="case_live_region_light",
            ),
            models.Index(
                fields=["promised_due_on"],
                condition=Q(closed_at__isnull=True, promised_due_on__isnull=False),
                name="case_live_promised_due",
            ),
            models.Index(fields=["unit", "-submitted_at"], name="case_unit_recent"),
            models.Index(fields=["unit", "closed_at"], condition=Q(closed_at__isnull=False), name="case_closed_unit"),
            models.Index(fields=["-closed_at", "-id"], condition=Q(closed_at__isnull=False), name="case_closed_recent"),
            models.Index(fields=["-submitted_at", "-id"], name="case_recent"),
            models.Index(fields=["applicant", "-submitted_at"], name="case_applicant_recent"),
            models.Index(fields=["applicant_digest"], name="case_applicant_digest"),
            models.Index(fields=["renews"], condition=Q(renews__isnull=False), name="case_renews"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="case_parent"),
            models.Index(fields=["agent"], condition=Q(agent__isnull=False), name="case_agent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(open_steps="", next_check_on__isnull=True),
                name="closed_case_has_no_open_step",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseForm(models.Model):
    """What the applicant filled in, and how to reach the applicant; personal values are encrypted."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="form", verbose_name=_("办件"))
    form_version = models.ForeignKey(
        FormVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("表单版本")
    )
    answers = models.JSONField(_("填报内容"), default=dict)
    applicant_number = EncryptedTextField(_("申请人证件号码"))
    phone = EncryptedTextField(_("联系电话"))
    email = EncryptedTextField(_("电子邮箱"))
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")

    class Meta:
        verbose_name = _("申请内容")
        verbose_name_plural = _("申请内容")

    def __str__(self) -> str:
        return str(self.case_id)


class CaseMaterial(models.Model):
    """One material of one round. A later round replaces an earlier one and leaves it on record."""

    class Source(models.TextChoices):
        """Where the material came from."""

        UPLOAD = "upload", _("申请人上传")
        LICENSE = "license", _("电子证照")
        COMMITMENT = "commitment", _("告知承诺")
        HELD = "held", _("政府已有")
        FORM = "form", _("网上填写")
        PAPER = "paper", _("窗口收取")

    class State(models.TextChoices):
        """What the reviewer made of it."""

        PENDING = "pending", _("待核")
        ACCEPTED = "accepted", _("已核")
        REJECTED = "rejected", _("须补正")

    case = models.ForeignKey(Case, models.CASCADE, related_name="materials", verbose_name=_("办件"))
    code = models.CharField(_("材料代码"), max_length=60)
    name = models.CharField(_("材料名称"), max_length=200)
    source = models.CharField(_("来源"), max_length=12, choices=Source.choices)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件")
    )
    license_identifier = models.CharField(_("证照标识"), max_length=80, blank=True)
    state = models.CharField(_("核验"), max_length=12, choices=State.choices, default=State.PENDING)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    current = models.BooleanField(_("现行"), default=True)
    added_at = models.DateTimeField(_("提交时间"))
    judged_at = models.DateTimeField(_("核验时间"), null=True, blank=True)
    judged_by = models.CharField(_("核验人"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("办件材料")
        verbose_name_plural = _("办件材料")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["case", "code"], name="case_material_by_code")]

    def __str__(self) -> str:
        return self.name


class CaseNumberCounter(models.Model):
    """The last serial given out for a region on a day."""

    region = models.CharField(_("区划代码"), max_length=6)
    day = models.DateField(_("日期"))
    last = models.PositiveIntegerField(_("最后序号"))

    class Meta:
        verbose_name = _("编号计数")
        verbose_name_plural = _("编号计数")
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "day"], name="case_counter_once_a_day")]

    def __str__(self) -> str:
        return f"{self.region} {self.day}: {self.last}"
