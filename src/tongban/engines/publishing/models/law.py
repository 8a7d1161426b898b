"""What happened to a statute, and by which other text: read from its own words when it is published."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.engines.publishing.models.articles import Article


class LawEvent(models.Model):
    """One event in the history (沿革) of a statute.

    ``other`` is the text that it names where the library holds it: the amending decision, or what is repealed. It is found by
    title and day whenever either of the two is published, so the order in which texts come does not matter.
    """

    class Act(models.TextChoices):
        """What happened."""

        PASSED = "passed", pgettext_lazy("statute", "通过")
        ISSUED = "issued", pgettext_lazy("statute", "公布")
        APPROVED = "approved", pgettext_lazy("statute", "批准")
        AMENDED = "amended", pgettext_lazy("statute", "修正")
        REVISED = "revised", pgettext_lazy("statute", "修订")
        EFFECTIVE = "effective", pgettext_lazy("statute", "施行")
        REPEALS = "repeals", pgettext_lazy("statute", "废止其他文件")

    law = models.ForeignKey(Article, models.CASCADE, related_name="law_events", verbose_name=_("法规"))
    place = models.PositiveSmallIntegerField(_("次序"))
    act = models.CharField(_("事件"), max_length=10, choices=Act.choices)
    on = models.DateField(_("日期"), null=True, blank=True)
    by = models.CharField(_("通过或发布机关"), max_length=200, blank=True)
    times = models.PositiveSmallIntegerField(_("第几次"), default=0)
    cited = models.CharField(_("所引文件"), max_length=300, blank=True)
    cited_key = models.CharField(_("所引文件（比对用）"), max_length=300, blank=True)
    doc_no = models.CharField(_("所引文号"), max_length=60, blank=True)
    other = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="cited_in_laws", verbose_name=_("库内文件")
    )

    class Meta:
        verbose_name = _("法规沿革")
        verbose_name_plural = _("法规沿革")
        ordering: ClassVar = ["law", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["law", "place"], name="law_event_once")]
        indexes: ClassVar = [
            models.Index(fields=["cited_key"], condition=~Q(cited_key=""), name="law_event_cited"),
        ]

    def __str__(self) -> str:
        return f"{self.law_id}: {self.act} {self.on}"
