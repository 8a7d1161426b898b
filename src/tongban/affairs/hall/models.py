"""What the hall itself keeps: applications taken down at the counter, and what applicants have to pay."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.affairs.hall.money import yuan
from tongban.engines.cases.models import Case
from tongban.engines.catalog.models import Implementation
from tongban.foundation.accounts.fields import EncryptedTextField
from tongban.foundation.accounts.models import Identity
from tongban.foundation.documents.models import IssuedDocument
from tongban.foundation.forms.models import Draft
from tongban.foundation.organizations.models import Unit
from tongban.foundation.packs.localized import localized


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


class Charge(models.Model):
    """A payment notice in a case: the fee as published when it was issued, the amount in fen, and what became of it.

    ``published`` is what the published standard gives for the number counted, in fen; empty if the list has no such fee
    or no figures for it.
    """

    class State(models.TextChoices):
        """Whether the fee was paid."""

        OPEN = "open", _("待缴")
        PAID = "paid", _("已缴")
        VOID = "void", _("已作废")
        REFUNDED = "refunded", _("已退费")

    class Way(models.TextChoices):
        """How it was paid."""

        ONLINE = "online", _("网上支付")
        COUNTER = "counter", _("窗口缴纳")

    key = models.UUIDField(_("防重标识"), unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("办件"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("收费单位"))
    document = models.ForeignKey(IssuedDocument, models.PROTECT, related_name="+", verbose_name=_("缴费通知书"))
    fee = models.JSONField(_("收费项目"))
    standard = models.JSONField(_("收费标准"))
    basis = models.JSONField(_("收费依据"))
    listed = models.BooleanField(_("在公布的清单内"))
    quantity = models.PositiveIntegerField(_("计费数量"), null=True, blank=True)
    unit_of_charge = models.JSONField(_("计费单位"), null=True, blank=True)
    amount = models.PositiveBigIntegerField(_("金额（分）"))
    published = models.PositiveBigIntegerField(_("按公布标准的金额（分）"), null=True, blank=True)
    reason = models.TextField(_("说明"), blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    issued_at = models.DateTimeField(_("开具时间"))
    issued_by = models.CharField(_("开具人"), max_length=100)
    paid_at = models.DateTimeField(_("缴费时间"), null=True, blank=True)
    paid_way = models.CharField(_("缴费方式"), max_length=10, choices=Way.choices, blank=True)
    paid_reference = models.CharField(_("缴费凭证号"), max_length=80, blank=True)
    ended_at = models.DateTimeField(_("作废或者退费时间"), null=True, blank=True)
    ended_by = models.CharField(_("作废或者退费经办人"), max_length=100, blank=True)
    ended_reason = models.TextField(_("作废或者退费理由"), blank=True)
    ended_reference = models.CharField(_("退费凭证号"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("缴费通知")
        verbose_name_plural = _("缴费通知")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="charge_costs_something"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["paid", "refunded"]) | models.Q(paid_at__isnull=False),
                name="charge_paid_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.amount}"

    @property
    def title(self) -> str:
        """Return the fee in the language of the request."""
        return localized(self.fee)

    @property
    def standard_text(self) -> str:
        """Return the published standard in the language of the request."""
        return localized(self.standard)

    @property
    def basis_text(self) -> str:
        """Return the legal basis in the language of the request."""
        return localized(self.basis)

    @property
    def yuan(self) -> str:
        """Return the amount in yuan."""
        return yuan(self.amount)

    @property
    def counted(self) -> str:
        """Return how many units were counted, with the unit."""
        return f"{self.quantity} {localized(self.unit_of_charge)}".strip() if self.quantity else ""
