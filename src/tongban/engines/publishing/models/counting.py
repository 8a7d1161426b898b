"""Visits as sums; nothing about a visitor is kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongban.engines.publishing.models.articles import Article
from tongban.engines.publishing.models.sites import Column, Site


class VisitCount(models.Model):
    """How often pages were read on a day.

    One row a site, column, article and day. The site's home page has neither column nor article, a list no article; an
    article read on a mirroring site counts there, in the column it was read in.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("站点"))
    column = models.ForeignKey(Column, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("栏目"))
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("文章")
    )
    day = models.DateField(_("日期"))
    count = models.PositiveIntegerField(_("浏览次数"), default=0)
    robots = models.PositiveIntegerField(_("机器访问次数"), default=0)

    class Meta:
        verbose_name = _("浏览计数")
        verbose_name_plural = _("浏览计数")
        ordering: ClassVar = ["-day", "site"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "day", "column", "article"], nulls_distinct=False, name="visits_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["article"], condition=Q(article__isnull=False), name="visits_of_article"),
            models.Index(fields=["column", "day"], condition=Q(column__isnull=False), name="visits_of_column"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.column_id}/{self.article_id} {self.day}: {self.count}"


class SiteVisits(models.Model):
    """How often pages of a site were read on a day: the sum that the public counter and the dashboard add up."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("站点"))
    day = models.DateField(_("日期"))
    count = models.PositiveBigIntegerField(_("浏览次数"), default=0)
    robots = models.PositiveBigIntegerField(_("机器访问次数"), default=0)

    class Meta:
        verbose_name = _("站点浏览计数")
        verbose_name_plural = _("站点浏览计数")
        ordering: ClassVar = ["-day", "site"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "day"], name="site_visits_once")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.day}: {self.count}"


class ColumnVisits(models.Model):
    """How often pages of a column of a site were read on a day; ``column`` is empty for pages that stand in none.

    What :class:`VisitCount` keeps for each page, added up when it is counted, so that years can be read at once.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("站点"))
    column = models.ForeignKey(Column, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("栏目"))
    day = models.DateField(_("日期"))
    count = models.PositiveBigIntegerField(_("浏览次数"), default=0)
    robots = models.PositiveBigIntegerField(_("机器访问次数"), default=0)

    class Meta:
        verbose_name = _("栏目浏览计数")
        verbose_name_plural = _("栏目浏览计数")
        ordering: ClassVar = ["-day", "site"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "day", "column"], nulls_distinct=False, name="column_visits_once"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.column_id} {self.day}: {self.count}"
