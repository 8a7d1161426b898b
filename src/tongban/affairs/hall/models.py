"""What the hall itself keeps: applications that a window clerk takes down for someone at the counter."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.fields import EncryptedTextField
from tongban.foundation.accounts.models import Identity
from tongban.foundation.forms.models import Draft
from tongban.foundation.organizations.models import Unit


class CounterFiling(models.Model):
    """Who stands at the counter while a clerk fills in the draft. It goes when the draft goes; the case keeps what counts.

    ``account`` is set if the number on the certificate belongs to a verified account: the case is that person's own then.
    ``bearer_*`` is whoever came in person for someone else: always for a firm, for a person only if it is not that person.
    """

    draft = models.OneToOneField(Draft, models.CASCADE, related_name="+", verbose_name=_("草稿"))
    implementation = models.ForeignKey(Implementation, models.PROTECT, related_name="+", verbose_name=_("实施事项"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("受理单位"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("申请账户")
    )
    kind = models.CharField(_("申请人类别"), max_length=16, choices=Identity.Kind.choices)
    name = EncryptedTextField(_("姓名或名称"))
    number = EncryptedTextField(_("证件号码"))
    number_digest = models.CharField(_("证件号码摘要"), max_length=64)
    phone = EncryptedTextField(_("手机号码"))
    bearer_name = EncryptedTextField(_("来办理的人"))
    bearer_number = EncryptedTextField(_("来办理的人的证件号码"))
    begun_at = models.DateTimeField(_("开始时间"))

    class Meta:
        verbose_name = _("窗口代录")
        verbose_name_plural = _("窗口代录")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"counter:{self.draft_id}"
