"""Sites of the group and their columns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.organizations.paths import PathField
from tongban.foundation.packs.localized import localized


class Site(models.Model):
    """One site of the group.

    It answers at ``host`` (empty: at any) below ``path_prefix`` (``/`` or ``/wuhan/``). ``stamp`` counts what changed
    in its frame (names, columns, looks), kept by triggers of the tables whoever changes them; what its columns show has
    stamps of their own.
    """

    class Kind(models.TextChoices):
        """What the site is for."""

        MAIN = "main", pgettext_lazy("site", "主站")
        CITY = "city", pgettext_lazy("site", "市州子站")
        TOPIC = "topic", pgettext_lazy("site", "专题网站")

    code = models.CharField(_("代码"), max_length=40, unique=True)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    name = models.JSONField(_("名称"))
    short_name = models.JSONField(_("简称"), default=dict)
    host = models.CharField(_("域名"), max_length=120, blank=True)
    path_prefix = models.CharField(_("路径前缀"), max_length=60, default="/", help_text=_("以斜线开始和结束"))
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("行政区划")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级站点")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("主管单位"))
    identification_code = models.CharField(_("网站标识码"), max_length=10)
    settings = models.JSONField(
        _("站点信息"), default=dict, help_text=_("承办单位、备案号、联系方式等，页脚和页面标签用")
    )
    look = models.JSONField(_("外观"), default=dict, help_text=_("在统一设计内可以变的：主色、横幅、首页版式"))
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    stamp = models.PositiveBigIntegerField(_("变动计数"), default=0)
    sha256 = models.CharField(_("声明校验值"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("站点")
        verbose_name_plural = _("站点")
        ordering: ClassVar = ["order", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host", "path_prefix"], name="site_address_once"),
            models.UniqueConstraint(fields=["identification_code"], name="site_identification_once"),
        ]

    def __str__(self) -> str:
        return localized(self.name)


class Column(models.Model):
    """A column of a site, with the unit that answers for it and how often it must be renewed.

    A column with ``mirror_of`` shows what that column shows, at once and without any row of its own. ``stamp`` counts
    what changed in it (or in a column below it); ``published_count`` and ``last_published_at`` are kept by publishing.
    """

    class Kind(models.TextChoices):
        """How the column is filled and shown."""

        TOP = "top", pgettext_lazy("column", "一级栏目")
        LIST = "list", pgettext_lazy("column", "列表")
        SINGLE = "single", pgettext_lazy("column", "单页")
        INTERACTIVE = "interactive", pgettext_lazy("column", "互动")
        SPECIAL = "special", pgettext_lazy("column", "专题")
        OPEN_INFORMATION = "open_information", pgettext_lazy("column", "信息公开")
        LIBRARY = "library", pgettext_lazy("column", "法规库")
        SERVICE = "service", pgettext_lazy("column", "服务入口")

    class Watch(models.TextChoices):
        """Which inspection rule watches it (the national indicators treat news and notices apart)."""

        NEWS = "news", pgettext_lazy("column", "动态要闻类")
        NOTICES = "notices", pgettext_lazy("column", "通知公告、政策文件类")
        OTHER = "other", pgettext_lazy("column", "其他应更新的栏目")
        NONE = "none", pgettext_lazy("column", "不检查更新")

    site = models.ForeignKey(Site, models.PROTECT, related_name="columns", verbose_name=_("站点"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级栏目")
    )
    slug = models.SlugField(_("短名"), max_length=40)
    path = PathField(_("路径"), max_length=160, help_text=_("各级短名以斜线相连，如 /news/notices/"))
    name = models.JSONField(_("名称"))
    description = models.JSONField(_("栏目说明"), default=dict)
    keywords = models.CharField(_("关键词"), max_length=200, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices, default=Kind.LIST)
    watch = models.CharField(_("更新检查"), max_length=10, choices=Watch.choices, default=Watch.NONE)
    update_cycle_days = models.PositiveSmallIntegerField(_("更新周期（天）"), null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    editor_post = models.CharField(_("编辑岗位"), max_length=60, blank=True)
    reviewer_post = models.CharField(_("审核岗位"), max_length=60, blank=True)
    limits = models.JSONField(_("各环节时限（工作日）"), default=dict)
    points = models.PositiveSmallIntegerField(_("采用一条的分值"), default=1)
    mirror_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="mirrors", verbose_name=_("同步自")
    )
    order = models.PositiveSmallIntegerField(_("排序"), default=0)
    scheme_code = models.CharField(_("栏目体系代码"), max_length=60, blank=True, db_index=True)
    is_local = models.BooleanField(_("本站自设"), default=False)
    is_open = models.BooleanField(_("开放"), default=True)
    stamp = models.PositiveBigIntegerField(_("变动计数"), default=0)
    last_published_at = models.DateTimeField(_("最近发布"), null=True, blank=True)
    published_count = models.PositiveIntegerField(_("在列条数"), default=0)
    fresh_until = models.DateField(_("应更新日期"), null=True, blank=True)
    sha256 = models.CharField(_("声明校验值"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("栏目")
        verbose_name_plural = _("栏目")
        ordering: ClassVar = ["site", "order", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "path"], name="column_path_once"),
            models.UniqueConstraint(fields=["site", "parent", "slug"], nulls_distinct=False, name="column_slug_once"),
            models.CheckConstraint(condition=~Q(mirror_of=F("id")), name="column_mirrors_another"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit"], name="column_of_unit"),
            models.Index(fields=["fresh_until"], condition=Q(is_open=True), name="column_by_freshness"),
        ]

    def __str__(self) -> str:
        return localized(self.name)

    @property
    def source_id(self) -> int:
        """Return the id of the column whose placements it shows: its own, or that of the column it mirrors."""
        return self.mirror_of_id or self.pk
