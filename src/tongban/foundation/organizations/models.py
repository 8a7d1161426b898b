"""Regions, units, posts and who holds them when."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.foundation.organizations.paths import PathField
from tongban.foundation.organizations.roles import Role
from tongban.foundation.packs.localized import localized


class Level(models.IntegerChoices):
    """Level of exercise, GB/T 39046-2020."""

    NATION = 1, _("国家级")
    PROVINCE = 2, _("省级")
    CITY = 3, _("市级")
    COUNTY = 4, _("县级")
    TOWN = 5, _("乡级")
    VILLAGE = 6, _("村级")


def named(name: str, name_en: str) -> str:
    """Return the name in the language of the request: the English one if there is one, for readers of English."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


class Region(models.Model):
    """An administrative division. ``code`` is 6 digits (GB/T 2260) down to county, 9 digits for a town or street."""

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True, default="", db_default="")
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    path = PathField(_("路径"), unique=True, help_text=_("各级代码以斜线相连，如 /420000/420100/"))

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """Return the name in the language of the request."""
        return named(self.name, self.name_en)


class Line(models.Model):
    """A vertical line of departments, such as ``market_supervision`` from province to county."""

    code = models.CharField(_("条线代码"), max_length=40, unique=True)
    title = models.JSONField(_("名称"), default=dict)

    class Meta:
        verbose_name = _("条线")
        verbose_name_plural = _("条线")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return localized(self.title)


class Unit(models.Model):
    """A government unit. ``line`` is the code of its :class:`Line`."""

    code = models.CharField(_("单位代码"), max_length=64, unique=True)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    credit_code_invented = models.BooleanField(
        _("信用代码为演示虚构"), default=False, help_text=_("为真时仅用于演示，不是登记机关赋予的代码")
    )
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True, default="", db_default="")
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    line = models.CharField(_("条线"), max_length=40, db_index=True)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("行政区划"))
    region_path = PathField(_("区划路径"), db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    path = PathField(_("路径"), max_length=255, unique=True, help_text=_("各级单位代码以斜线相连"))
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("咨询电话"), max_length=40, blank=True)
    supervision_phone = models.CharField(_("监督投诉电话"), max_length=40, blank=True)
    hours = models.CharField(_("办公时间"), max_length=200, blank=True)
    valid_from = models.DateField(_("设立日期"), null=True, blank=True)
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("职能承接单位")
    )

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """Return the name in the language of the request."""
        return named(self.name, self.name_en)

    @property
    def short_title(self) -> str:
        """Return the short name in the language of the request; in English there is none but the name."""
        return named(self.short_name or self.name, self.name_en)

    @property
    def region_code(self) -> str:
        """Return the code of its region: the last one of the path."""
        return self.region_path.rstrip("/").rpartition("/")[2]


class Posting(models.Model):
    """A person holds a role in a unit from one day to another. A transfer is a new posting, never an edit.

    A posting proposed by an administrator counts only once a second person has confirmed it. That the three
    administrators are three persons, who handle no affairs, is kept by a trigger as well as by the action.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="postings", verbose_name=_("人员")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="postings", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=32, choices=Role.choices)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    valid_from = models.DateField(_("任职日期"))
    valid_to = models.DateField(_("离任日期"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("提议人")
    )
    proposed_at = models.DateTimeField(_("提议时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("免去时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        indexes: ClassVar = [models.Index(fields=["unit", "role"], name="posting_by_unit_role")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "unit", "role"],
                condition=Q(ended_at__isnull=True, valid_to__isnull=True),
                name="posting_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="posting_dates_in_order"
            ),
            models.CheckConstraint(condition=~Q(proposed_by=F("confirmed_by")), name="posting_confirmed_by_another"),
            models.CheckConstraint(
                condition=~Q(account=F("proposed_by")) & ~Q(account=F("confirmed_by")), name="posting_not_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.unit_id}:{self.role}"

    @property
    def is_proposal(self) -> bool:
        """Tell whether it still waits for the second person."""
        return self.proposed_by_id is not None and self.confirmed_by_id is None and self.ended_at is None
