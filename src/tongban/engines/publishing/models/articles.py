"""Articles, where they show, their versions, attachments, and what remains of the withdrawn."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.engines.publishing.models.media import MediaItem
from tongban.engines.publishing.models.sites import Column
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.paths import PathField
from tongban.foundation.packs.localized import localized


class Subject(models.Model):
    """A subject of the open-information catalogue; a tree."""

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.JSONField(_("名称"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级主题")
    )
    path = PathField(_("路径"), max_length=100, unique=True)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = _("公开主题")
        verbose_name_plural = _("公开主题")
        ordering: ClassVar = ["order", "code"]

    def __str__(self) -> str:
        return localized(self.name)


class Article(models.Model):
    """One item: entered once, shown wherever a placement (or a mirror of its column) says, one text everywhere.

    ``status`` is what the public sees; ``stage`` is where the working copy stands in the editorial chain. The columns of
    this row are the public text once it has been published, and the latest draft before; a correction in work is only in
    its :class:`Revision` until it is published. Addresses end in the primary key.
    """

    class Kind(models.TextChoices):
        """What sort of item it is."""

        NEWS = "news", pgettext_lazy("article", "动态")
        NOTICE = "notice", pgettext_lazy("article", "公告")
        DOCUMENT = "document", pgettext_lazy("article", "文件")
        INTERPRETATION = "interpretation", pgettext_lazy("article", "解读")
        INFORMATION = "information", pgettext_lazy("article", "主动公开信息")
        PAGE = "page", pgettext_lazy("article", "单页")
        TOPIC = "topic", pgettext_lazy("article", "专题页")
        VIDEO = "video", pgettext_lazy("article", "视频")

    class Status(models.TextChoices):
        """What the public sees."""

        UNPUBLISHED = "unpublished", pgettext_lazy("article", "未发布")
        SCHEDULED = "scheduled", pgettext_lazy("article", "定时发布")
        PUBLISHED = "published", pgettext_lazy("article", "已发布")
        WITHDRAWN = "withdrawn", pgettext_lazy("article", "已撤回")
        EXPIRED = "expired", pgettext_lazy("article", "已到期")

    class Stage(models.TextChoices):
        """Where the working copy stands."""

        DRAFT = "draft", pgettext_lazy("article", "起草")
        SUBMITTED = "submitted", pgettext_lazy("article", "已报送")
        EDITING = "editing", pgettext_lazy("article", "编辑中")
        REVIEW = "review", pgettext_lazy("article", "待审核")
        APPROVED = "approved", pgettext_lazy("article", "待发布")
        DECLINED = "declined", pgettext_lazy("article", "未采用")
        DONE = "done", pgettext_lazy("article", "无待办")

    class Validity(models.TextChoices):
        """Whether a document is in force."""

        NONE = "", pgettext_lazy("article", "不适用")
        IN_FORCE = "in_force", pgettext_lazy("article", "有效")
        AMENDED = "amended", pgettext_lazy("article", "已修改")
        ABOLISHED = "abolished", pgettext_lazy("article", "废止")
        EXPIRED = "expired", pgettext_lazy("article", "失效")

    column = models.ForeignKey(Column, models.PROTECT, related_name="articles", verbose_name=_("所属栏目"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("报送或发布机构"))
    kind = models.CharField(_("类别"), max_length=16, choices=Kind.choices, default=Kind.NEWS)
    status = models.CharField(_("发布状态"), max_length=12, choices=Status.choices, default=Status.UNPUBLISHED)
    stage = models.CharField(_("所处环节"), max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    translation_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("译自")
    )

    title = models.CharField(_("标题"), max_length=200)
    subtitle = models.CharField(_("副标题"), max_length=200, blank=True)
    summary = models.CharField(_("摘要"), max_length=600, blank=True)
    body = models.TextField(_("正文"), blank=True)
    source = models.CharField(_("来源"), max_length=100, blank=True)
    author = models.CharField(_("作者"), max_length=100, blank=True)
    keywords = models.CharField(_("关键词"), max_length=200, blank=True)
    image = models.ForeignKey(
        MediaItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("题图")
    )

    index_no = models.CharField(_("索引号"), max_length=40, blank=True)
    doc_no = models.CharField(_("发文字号"), max_length=60, blank=True)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主题分类")
    )
    written_on = models.DateField(_("成文日期"), null=True, blank=True)
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    validity = models.CharField(_("有效性"), max_length=10, choices=Validity.choices, blank=True)
    abolished_on = models.DateField(_("废止日期"), null=True, blank=True)
    abolished_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="abolishes", verbose_name=_("被何文废止")
    )
    legal = models.JSONField(_("公开信息"), default=dict, help_text=_("公开形式、公开范围、公开依据等"))
    publish_due_on = models.DateField(_("公开期限"), null=True, blank=True)

    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    first_published_at = models.DateTimeField(_("首次发布时间"), null=True, blank=True)
    changed_at = models.DateTimeField(_("公开内容最近修改"), null=True, blank=True)
    scheduled_at = models.DateTimeField(_("定时发布时间"), null=True, blank=True)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)

    stage_since = models.DateTimeField(_("进入环节时间"))
    stage_due_on = models.DateField(_("环节期限"), null=True, blank=True)
    latest_n = models.PositiveIntegerField(_("最新版次"), default=0)
    published_n = models.PositiveIntegerField(_("公开版次"), default=0)
    approved_n = models.PositiveIntegerField(_("审核通过版次"), default=0)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("起草人")
    )
    created_at = models.DateTimeField(_("起草时间"))
    version = models.PositiveIntegerField(_("修改次数"), default=0, help_text=_("两人同时修改时用来发现冲突"))

    search_title = models.CharField(_("搜索用标题"), max_length=420, blank=True)
    search_text = models.TextField(_("搜索用全文"), blank=True)
    search_grams = SearchVectorField(_("搜索用二元字"), null=True)

    class Meta:
        verbose_name = _("文章")
        verbose_name_plural = _("文章")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["index_no"], condition=~Q(index_no=""), name="article_index_no_once"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False, published_n__gt=0),
                name="article_published_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(scheduled_at__isnull=False), name="article_scheduled_has_date"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-published_at"], condition=Q(status="published"), name="article_latest"),
            models.Index(fields=["unit", "-published_at"], condition=Q(status="published"), name="article_of_unit"),
            models.Index(
                fields=["subject", "-published_at"], condition=Q(status="published"), name="article_of_subject"
            ),
            models.Index(
                fields=["column", "stage_due_on"],
                condition=Q(stage__in=["submitted", "editing", "review", "approved"]),
                name="article_in_work",
            ),
            models.Index(fields=["created_by", "-id"], name="article_of_author"),
            models.Index(fields=["scheduled_at"], condition=Q(status="scheduled"), name="article_scheduled"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status="published", expires_at__isnull=False),
                name="article_expiring",
            ),
            models.Index(
                fields=["publish_due_on"],
                condition=Q(first_published_at__isnull=True, publish_due_on__isnull=False),
                name="article_to_disclose",
            ),
            GinIndex(fields=["search_grams"], condition=Q(status="published"), name="article_grams", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title


class Related(models.Model):
    """An article is offered to the readers of another; found when that one was published, in the order to show."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("文章"))
    other = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("相关稿件"))
    order = models.PositiveSmallIntegerField(_("排序"))

    class Meta:
        verbose_name = _("相关稿件")
        verbose_name_plural = _("相关稿件")
        ordering: ClassVar = ["article", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "other"], name="related_once")]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.other_id}"


class IndexCounter(models.Model):
    """The last serial of the index numbers a unit has given in a year."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("发布机构"))
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("最后流水号"), default=0)

    class Meta:
        verbose_name = _("索引号流水")
        verbose_name_plural = _("索引号流水")
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "year"], name="index_counter_once")]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.year}: {self.last}"


class Placement(models.Model):
    """An article shows in a column: its home, or one it was shared to. Lists read this table by one index.

    ``published_at`` is the date shown in this column (a site may have taken the item later); ``live`` follows the
    article's status, so that withdrawing takes it out everywhere in one statement.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="placements", verbose_name=_("文章"))
    column = models.ForeignKey(Column, models.PROTECT, related_name="placements", verbose_name=_("栏目"))
    is_home = models.BooleanField(_("所属栏目"), default=False)
    live = models.BooleanField(_("在列"), default=False)
    published_at = models.DateTimeField(_("列示时间"), null=True, blank=True)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("共享人")
    )
    shared_at = models.DateTimeField(_("共享时间"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采用人")
    )

    class Meta:
        verbose_name = _("列示")
        verbose_name_plural = _("列示")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "column"], name="placement_once"),
            models.UniqueConstraint(fields=["article"], condition=Q(is_home=True), name="placement_one_home"),
            models.CheckConstraint(
                condition=Q(live=False) | Q(published_at__isnull=False), name="placement_live_dated"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["column", "-published_at", "-article"], condition=Q(live=True), name="placement_list"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}@{self.column_id}"


class LocalOverride(models.Model):
    """A column's own emphasis on an item it shows (also one it mirrors): pinned to the top, or hidden."""

    class Kind(models.TextChoices):
        """What the column does with the item."""

        PINNED = "pinned", pgettext_lazy("override", "置顶")
        HIDDEN = "hidden", pgettext_lazy("override", "本栏目不显示")

    column = models.ForeignKey(Column, models.CASCADE, related_name="overrides", verbose_name=_("栏目"))
    article = models.ForeignKey(Article, models.CASCADE, related_name="overrides", verbose_name=_("文章"))
    kind = models.CharField(_("处理"), max_length=8, choices=Kind.choices)
    until = models.DateTimeField(_("截止时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("本地调整")
        verbose_name_plural = _("本地调整")
        ordering: ClassVar = ["column", "-at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["column", "article"], name="override_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.article_id}@{self.column_id}"


class Revision(models.Model):
    """One version of an article's text; never changed. ``content`` holds every editable field."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions", verbose_name=_("文章"))
    n = models.PositiveIntegerField(_("版次"))
    content = models.JSONField(_("内容"))
    note = models.CharField(_("修改说明"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("修改人")
    )
    at = models.DateTimeField(_("时间"))
    sha256 = models.CharField(_("校验值"), max_length=64)

    class Meta:
        verbose_name = _("版次")
        verbose_name_plural = _("版次")
        ordering: ClassVar = ["article", "-n"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "n"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.n}"


class Attachment(models.Model):
    """A file that belongs to an article; it can be fetched while the article is public."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="attachments", verbose_name=_("文章"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    name = models.CharField(_("名称"), max_length=200)
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    added_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering: ClassVar = ["article", "order", "pk"]

    def __str__(self) -> str:
        return self.name


class Withdrawal(models.Model):
    """The trace of a withdrawal: what the public address answers, and what files, search and feeds are told."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="withdrawals", verbose_name=_("文章"))
    reason = models.CharField(_("理由"), max_length=300)
    public_note = models.CharField(_("对外说明"), max_length=300, blank=True)
    revision_n = models.PositiveIntegerField(_("撤回的版次"))
    columns = models.JSONField(_("撤回前所在栏目"), default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("撤回人")
    )
    at = models.DateTimeField(_("撤回时间"))
    lifted_at = models.DateTimeField(_("恢复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("撤回记录")
        verbose_name_plural = _("撤回记录")
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["-at"], name="withdrawal_latest")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.reason}"
