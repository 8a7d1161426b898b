"""Standard items, what each unit makes of them, and everything a guide shows.

Three layers: :class:`StandardItem` (the power as the law gives it) → :class:`Implementation` (one unit's version of it) →
:class:`ServiceProcess` (which process, form and license type handle it, from one day to another). Texts are stored as
``{zh: …, en: …}`` and read with :func:`tongban.foundation.packs.localized.localized`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Level, Unit
from tongban.foundation.packs.localized import localized


class ItemTypeChoice(models.TextChoices):
    """Type of a service item, GB/T 39046-2020."""

    POWER = "00", _("权力事项")
    LICENSE = "01", _("行政许可")
    PENALTY = "02", _("行政处罚")
    COERCION = "03", _("行政强制")
    LEVY = "04", _("行政征收")
    PAYMENT = "05", _("行政给付")
    INSPECTION = "06", _("行政检查")
    CONFIRMATION = "07", _("行政确认")
    AWARD = "08", _("行政奖励")
    RULING = "09", _("行政裁决")
    OTHER = "10", _("其他行政权力")
    PUBLIC_SERVICE = "20", _("公共服务")


class CaseKindChoice(models.TextChoices):
    """Done at once, or within a promised period (GB/T 39046-2020)."""

    INSTANT = "instant", _("即办件")
    PROMISED = "promised", _("承诺件")


class OnlineDepthChoice(models.TextChoices):
    """How far an item can be done online."""

    NONE = "none", _("不能网上办理")
    CONSULT = "consult", _("网上咨询")
    PRE_REVIEW = "pre_review", _("网上预审")
    ACCEPT = "accept", _("网上受理")
    FULL = "full", _("全程网办")


class UnitOfTime(models.TextChoices):
    """Unit of a period."""

    WORKING_DAY = "working_day", _("个工作日")
    CALENDAR_DAY = "calendar_day", _("日")
    MONTH = "month", _("个月")
    YEAR = "year", _("年")
    HOUR = "hour", _("小时")


class Audience(models.TextChoices):
    """Which hall a theme or a life event belongs to."""

    PERSONAL = "personal", _("个人办事")
    LEGAL = "legal", _("法人办事")


class Theme(models.Model):
    """A theme by which people browse."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    audience = models.CharField(_("对象"), max_length=10, choices=Audience.choices)
    name = models.JSONField(_("名称"))
    icon = models.CharField(_("图标"), max_length=20, blank=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("主题")
        verbose_name_plural = _("主题")
        ordering: ClassVar = ["audience", "order"]

    def __str__(self) -> str:
        return localized(self.name)


class LifeEvent(models.Model):
    """Something that happens in life or business, for which several items are needed (一件事)."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    audience = models.CharField(_("对象"), max_length=10, choices=Audience.choices)
    name = models.JSONField(_("名称"))
    summary = models.JSONField(_("说明"))
    icon = models.CharField(_("图标"), max_length=20, blank=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("一件事")
        verbose_name_plural = _("一件事")
        ordering: ClassVar = ["order"]

    def __str__(self) -> str:
        return localized(self.name)


class StandardItem(models.Model):
    """A power item as the law gives it, the same for every unit."""

    code = models.CharField(_("基本编码"), max_length=12, unique=True)
    item_type = models.CharField(_("事项类型"), max_length=2, choices=ItemTypeChoice.choices)
    name = models.JSONField(_("事项名称"))
    aliases = models.JSONField(_("别名"), default=list, help_text=_("百姓的说法，用于搜索"))
    description = models.JSONField(_("事项简介"))
    icon = models.CharField(_("图标"), max_length=20, blank=True)
    objects_served = models.JSONField(_("服务对象"), default=list)
    for_persons = models.BooleanField(_("面向个人"), default=False)
    for_organizations = models.BooleanField(_("面向法人"), default=False)
    themes: models.ManyToManyField[Theme, Any] = models.ManyToManyField(
        Theme, related_name="items", verbose_name=_("主题"), blank=True
    )
    events: models.ManyToManyField[LifeEvent, Any] = models.ManyToManyField(
        LifeEvent, related_name="items", verbose_name=_("一件事"), blank=True
    )
    conditions = models.JSONField(_("受理条件"), default=list)
    conditions_note = models.JSONField(_("条件说明"), null=True, blank=True)
    notes = models.JSONField(_("提示"), default=list)
    steps = models.JSONField(_("办理流程"), default=list)
    special_procedures = models.JSONField(_("特别程序"), default=list)
    scenarios = models.JSONField(_("情形"), default=list)
    result = models.JSONField(_("办理结果"), default=dict)
    statutory = models.JSONField(_("法定时限"), null=True, blank=True, help_text=_("数字、单位、依据和核实标记"))
    renewal = models.JSONField(_("延续"), null=True, blank=True, help_text=_("可以延续的证照类型和申请期限"))
    sort = models.PositiveSmallIntegerField(_("顺序"), default=100)
    version = models.PositiveIntegerField(_("版本"), default=1)
    updated_on = models.DateField(_("更新日期"))
    digest = models.CharField(_("内容摘要"), max_length=64, help_text=_("载入内容的 SHA-256，一致则不再载入"))

    class Meta:
        verbose_name = _("标准事项")
        verbose_name_plural = _("标准事项")
        ordering: ClassVar = ["sort", "code"]

    def __str__(self) -> str:
        return localized(self.name)


class ItemRevision(models.Model):
    """A published version of a standard item, kept as it was loaded."""

    item = models.ForeignKey(StandardItem, models.CASCADE, related_name="revisions", verbose_name=_("事项"))
    version = models.PositiveIntegerField(_("版本"))
    content = models.JSONField(_("内容"))
    changed = models.JSONField(_("改动的部分"), default=list)
    published_at = models.DateTimeField(_("发布时间"))

    class Meta:
        verbose_name = _("事项版本")
        verbose_name_plural = _("事项版本")
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "version"], name="item_revision_once")]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.version}"


class ServiceProcess(models.Model):
    """Which process, form and license type handle an item, from one day to another.

    ``group`` is 0 for the item as a whole, else the number (from 1) of the implementation group that differs.
    """

    item = models.ForeignKey(StandardItem, models.CASCADE, related_name="processes", verbose_name=_("事项"))
    group = models.PositiveSmallIntegerField(_("实施组"), default=0)
    process_code = models.CharField(_("流程代码"), max_length=60)
    form_code = models.CharField(_("表单代码"), max_length=60)
    license_type_code = models.CharField(_("证照类型代码"), max_length=60, blank=True)
    effective_from = models.DateField(_("启用日期"))
    effective_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("办理版本")
        verbose_name_plural = _("办理版本")
        ordering: ClassVar = ["item", "group", "effective_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "group", "effective_from"], name="service_process_once"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="service_process_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_code}/{self.form_code}"


class Implementation(models.Model):
    """A standard item as one unit carries it out; what people apply for. ``code`` is its public identifier.

    ``elements`` holds the merged values of the implementation list; columns hold what lists filter and sort by.
    """

    class Status(models.TextChoices):
        """Whether people can apply."""

        IN_FORCE = "in_force", _("在用")
        SUSPENDED = "suspended", _("暂停")
        CANCELLED = "cancelled", pgettext_lazy("事项", "取消")

    code = models.CharField(_("实施编码"), max_length=36, unique=True)
    scheme = models.CharField(_("编码方案"), max_length=16)
    standard_item = models.ForeignKey(
        StandardItem, models.PROTECT, related_name="implementations", verbose_name=_("标准事项")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("实施主体"))
    region_path = models.CharField(_("区划路径"), max_length=64, db_index=True)
    level = models.PositiveSmallIntegerField(_("行使层级"), choices=Level.choices)
    group = models.PositiveSmallIntegerField(_("实施组"), default=0)
    name = models.JSONField(_("事项名称"))
    elements = models.JSONField(_("实施清单要素"), default=dict)
    case_kind = models.CharField(_("办件类型"), max_length=10, choices=CaseKindChoice.choices)
    statutory_figure = models.PositiveSmallIntegerField(_("法定时限"), null=True, blank=True)
    statutory_unit = models.CharField(_("法定时限单位"), max_length=16, choices=UnitOfTime.choices, blank=True)
    promised_figure = models.PositiveSmallIntegerField(_("承诺时限"), null=True, blank=True)
    promised_unit = models.CharField(_("承诺时限单位"), max_length=16, choices=UnitOfTime.choices, blank=True)
    online_depth = models.CharField(_("网办深度"), max_length=12, choices=OnlineDepthChoice.choices)
    is_online = models.BooleanField(_("可在线办理"), default=False)
    visits = models.PositiveSmallIntegerField(_("到办事现场次数"), default=0)
    charges = models.BooleanField(_("收费"), default=False)
    process_code = models.CharField(_("流程代码"), max_length=60, blank=True)
    form_code = models.CharField(_("表单代码"), max_length=60, blank=True)
    license_type_code = models.CharField(_("证照类型代码"), max_length=60, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.IN_FORCE)
    version = models.PositiveIntegerField(_("版本"), default=1)
    search_name = models.CharField(_("搜索用名称"), max_length=300, blank=True)
    search_text = models.TextField(_("搜索用全文"), blank=True)
    search_grams = SearchVectorField(_("搜索用二元字"), null=True)

    class Meta:
        verbose_name = _("实施清单")
        verbose_name_plural = _("实施清单")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard_item", "unit"], name="implementation_once_a_unit"),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["search_grams"], name="implementation_grams", fastupdate=False),
            models.Index(fields=["unit", "status"], name="implementation_of_unit"),
            models.Index(fields=["standard_item", "status", "region_path"], name="implementation_by_region"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the name in the language of the request."""
        return localized(self.name)


class LegalBasis(models.Model):
    """A law, its article, and what it says in our words."""

    item = models.ForeignKey(StandardItem, models.CASCADE, related_name="bases", verbose_name=_("事项"))
    order = models.PositiveSmallIntegerField(_("顺序"))
    law = models.JSONField(_("法律法规"))
    article = models.JSONField(_("条款"), null=True, blank=True)
    gist = models.JSONField(_("要旨"))
    kind = models.CharField(_("效力级别"), max_length=20)
    purpose = models.CharField(_("用途"), max_length=16)
    source = models.CharField(_("查证来源"), max_length=200, blank=True)
    mark = models.CharField(_("核实标记"), max_length=2)

    class Meta:
        verbose_name = _("设定依据")
        verbose_name_plural = _("设定依据")
        ordering: ClassVar = ["item", "order"]

    def __str__(self) -> str:
        return localized(self.law)


class Material(models.Model):
    """One application material."""

    class Form(models.TextChoices):
        """How it is handed in."""

        ONLINE_FORM = "online_form", _("在线填写")
        ELECTRONIC = "electronic", _("电子件")
        PAPER = "paper", _("纸质件")
        EITHER = "either", _("电子件或纸质件")

    class Necessity(models.TextChoices):
        """Whether it must be handed in."""

        REQUIRED = "required", _("必要")
        CONDITIONAL = "conditional", _("特定情形必要")
        OPTIONAL = "optional", _("可以不交")

    item = models.ForeignKey(StandardItem, models.CASCADE, related_name="materials", verbose_name=_("事项"))
    order = models.PositiveSmallIntegerField(_("顺序"))
    code = models.CharField(_("代码"), max_length=40)
    name = models.JSONField(_("材料名称"))
    issuer = models.JSONField(_("出具单位"), null=True, blank=True)
    issuer_kind = models.CharField(_("来源渠道"), max_length=12)
    form = models.CharField(_("提交形式"), max_length=12, choices=Form.choices)
    necessity = models.CharField(_("必要性"), max_length=12, choices=Necessity.choices)
    originals = models.PositiveSmallIntegerField(_("原件份数"), default=0)
    copies = models.PositiveSmallIntegerField(_("复印件份数"), default=0)
    where = models.CharField(_("提交环节"), max_length=12)
    purpose = models.JSONField(_("用途"), null=True, blank=True)
    time_demand = models.JSONField(_("时间要求"), null=True, blank=True)
    note = models.JSONField(_("填报须知"), null=True, blank=True)
    reuse = models.JSONField(_("可代替的证照类型"), default=list)
    accept = models.JSONField(_("可上传的文件"), default=list)
    commitment = models.BooleanField(_("可以告知承诺"), default=False)
    when = models.JSONField(_("适用情形"), default=dict)
    basis = models.JSONField(_("要求依据"), null=True, blank=True)

    class Meta:
        verbose_name = _("申请材料")
        verbose_name_plural = _("申请材料")
        ordering: ClassVar = ["item", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "code"], name="material_once")]

    def __str__(self) -> str:
        return localized(self.name)


class Fee(models.Model):
    """A fee with its legal basis."""

    item = models.ForeignKey(StandardItem, models.CASCADE, related_name="fees", verbose_name=_("事项"))
    order = models.PositiveSmallIntegerField(_("顺序"))
    name = models.JSONField(_("项目名称"))
    standard = models.JSONField(_("收费标准"))
    unit = models.JSONField(_("计费单位"), null=True, blank=True)
    rate = models.JSONField(_("分档标准"), null=True, blank=True)
    basis = models.JSONField(_("收费依据"))
    reduction = models.JSONField(_("减免"), null=True, blank=True)
    mark = models.CharField(_("核实标记"), max_length=2)

    class Meta:
        verbose_name = _("收费项目")
        verbose_name_plural = _("收费项目")
        ordering: ClassVar = ["item", "order"]

    def __str__(self) -> str:
        return localized(self.name)

    @property
    def standard_text(self) -> str:
        """Return the standard in the language of the request."""
        return localized(self.standard)

    @property
    def basis_text(self) -> str:
        """Return the legal basis in the language of the request."""
        return localized(self.basis)


class Faq(models.Model):
    """A question people ask, and its answer."""

    item = models.ForeignKey(StandardItem, models.CASCADE, related_name="faqs", verbose_name=_("事项"))
    order = models.PositiveSmallIntegerField(_("顺序"))
    question = models.JSONField(_("问题"))
    answer = models.JSONField(_("解答"))

    class Meta:
        verbose_name = _("常见问题")
        verbose_name_plural = _("常见问题")
        ordering: ClassVar = ["item", "order"]

    def __str__(self) -> str:
        return localized(self.question)


class FormDownload(models.Model):
    """A blank form or a sample people can download, with how often it was.

    Without a file the blank form is made from the declared form and printed by the reader.
    """

    class Kind(models.TextChoices):
        """Blank or filled in as an example."""

        BLANK = "blank", _("空白表格")
        SAMPLE = "sample", _("样表")

    item = models.ForeignKey(StandardItem, models.CASCADE, related_name="downloads", verbose_name=_("事项"))
    material_code = models.CharField(_("材料代码"), max_length=40)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind.choices)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件")
    )
    downloads = models.PositiveIntegerField(_("下载次数"), default=0)

    class Meta:
        verbose_name = _("表格下载")
        verbose_name_plural = _("表格下载")
        ordering: ClassVar = ["item", "material_code", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "material_code", "kind"], name="form_download_once")
        ]

    def __str__(self) -> str:
        return f"{self.material_code} {self.get_kind_display()}"


class Usage(models.Model):
    """How often an item's guide was read and applied for; orders what people see first."""

    item = models.OneToOneField(StandardItem, models.CASCADE, related_name="usage", verbose_name=_("事项"))
    views = models.PositiveBigIntegerField(_("指南浏览次数"), default=0)
    applications = models.PositiveBigIntegerField(_("申请次数"), default=0)

    class Meta:
        verbose_name = _("使用次数")
        verbose_name_plural = _("使用次数")

    def __str__(self) -> str:
        return f"{self.item_id}: {self.views}/{self.applications}"


class SearchTerm(models.Model):
    """What people searched with success; the home page shows the most frequent ones."""

    term = models.CharField(_("搜索词"), max_length=20, unique=True)
    count = models.PositiveIntegerField(_("次数"), default=0)
    last_at = models.DateTimeField(_("最近一次"))

    class Meta:
        verbose_name = _("搜索词")
        verbose_name_plural = _("搜索词")
        ordering: ClassVar = ["-count", "term"]

    def __str__(self) -> str:
        return self.term
