"""License types, issued licenses and what happened to them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.foundation.accounts.fields import EncryptedTextField
from tongban.foundation.documents.models import IssuedDocument
from tongban.foundation.files.models import StoredFile
from tongban.foundation.organizations.models import Unit
from tongban.foundation.organizations.paths import PathField
from tongban.foundation.organizations.scoping import ScopedManager
from tongban.foundation.packs.localized import localized


class HolderKind(models.TextChoices):
    """Who may hold a license."""

    PERSON = "person", _("个人")
    ORGANIZATION = "organization", _("法人和其他组织")


class LicenseType(models.Model):
    """A kind of license. ``type_code`` is 21 characters: the defining agency's credit code and three more."""

    code = models.CharField(_("编码"), max_length=64, unique=True)
    type_code = models.CharField(_("证照类型代码"), max_length=21, unique=True)
    name = models.JSONField(_("名称"))
    spec = models.JSONField(_("定义"))
    sha256 = models.CharField(_("校验值"), max_length=64)

    class Meta:
        verbose_name = _("证照类型")
        verbose_name_plural = _("证照类型")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return localized(self.name)


class LicenseCounter(models.Model):
    """The last serial number given for a type by an issuer in a year."""

    type = models.ForeignKey(LicenseType, models.PROTECT, related_name="+", verbose_name=_("证照类型"))
    issuer_code = models.CharField(_("发证机关代码"), max_length=18)
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("最后流水号"), default=0)

    class Meta:
        verbose_name = _("证照流水号")
        verbose_name_plural = _("证照流水号")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "issuer_code", "year"], name="license_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.type_id}/{self.issuer_code}/{self.year}: {self.last}"


class License(models.Model):
    """One version of a license. A change of content is a new version; the old one is superseded."""

    class Status(models.TextChoices):
        """Whether the license is in force."""

        VALID = "valid", pgettext_lazy("license", "有效")
        SUSPENDED = "suspended", pgettext_lazy("license", "暂停")
        REVOKED = "revoked", pgettext_lazy("license", "吊销")
        EXPIRED = "expired", pgettext_lazy("license", "过期")
        CANCELLED = "cancelled", pgettext_lazy("license", "注销")
        SUPERSEDED = "superseded", pgettext_lazy("license", "已换发")

    identifier = models.CharField(_("电子证照标识"), max_length=120, unique=True)
    number = models.CharField(_("证照编号"), max_length=80, db_index=True)
    type = models.ForeignKey(LicenseType, models.PROTECT, related_name="+", verbose_name=_("证照类型"))
    issuer_code = models.CharField(_("发证机关代码"), max_length=18)
    serial = models.CharField(_("流水号"), max_length=24)
    version = models.PositiveSmallIntegerField(_("版本号"), default=1)
    holder_kind = models.CharField(_("持证人类别"), max_length=16, choices=HolderKind.choices)
    holder_name = EncryptedTextField(_("持证人"))
    holder_number = EncryptedTextField(_("持证人证件号码"))
    holder_digest = models.CharField(_("持证人证件号码摘要"), max_length=64, db_index=True)
    content = EncryptedTextField(_("照面信息"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("发证机关"))
    region_path = PathField(verbose_name=_("区划路径"), blank=True)
    case_number = models.CharField(_("办件编号"), max_length=32, blank=True, db_index=True)
    issued_at = models.DateTimeField(_("发证时间"))
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status.choices, default=Status.VALID)
    successor = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessor", verbose_name=_("换发后的证照")
    )
    document = models.ForeignKey(
        IssuedDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("证照文件")
    )

    objects = ScopedManager["License"]()

    class Meta:
        verbose_name = _("电子证照")
        verbose_name_plural = _("电子证照")
        ordering: ClassVar = ["-issued_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "issuer_code", "serial", "version"], name="license_version_once"),
            models.UniqueConstraint(
                fields=["type", "case_number", "holder_digest"],
                condition=~Q(case_number=""),
                name="license_once_a_case",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="license_dates_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "-issued_at"], name="license_by_unit"),
            models.Index(fields=["valid_to"], condition=Q(status__in=["valid", "suspended"]), name="license_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def data(self) -> dict[str, Any]:
        """Return what the license states beside holder and dates."""
        return dict(json.loads(self.content or "{}"))

    @property
    def file(self) -> StoredFile | None:
        """Return the PDF if it was made already; ``actions.ensure_file`` makes it."""
        return self.document.file if self.document else None


class LicenseEvent(models.Model):
    """Something that happened to a license, by whom, and why."""

    class Kind(models.TextChoices):
        """What happened."""

        ISSUED = "issued", pgettext_lazy("license", "颁发")
        SUPERSEDED = "superseded", pgettext_lazy("license", "换发")
        SUSPENDED = "suspended", pgettext_lazy("license", "暂停")
        RESUMED = "resumed", pgettext_lazy("license", "恢复")
        REVOKED = "revoked", pgettext_lazy("license", "吊销")
        EXPIRED = "expired", pgettext_lazy("license", "到期")
        CANCELLED = "cancelled", pgettext_lazy("license", "注销")
        RENEWED = "renewed", pgettext_lazy("license", "视为延续")

    license = models.ForeignKey(License, models.PROTECT, related_name="events", verbose_name=_("电子证照"))
    kind = models.CharField(_("事件"), max_length=12, choices=Kind.choices)
    at = models.DateTimeField(_("时间"))
    actor_key = models.CharField(_("经办"), max_length=120)
    actor_name = models.CharField(_("经办人"), max_length=100)
    reason = models.TextField(_("理由"), blank=True)
    basis = models.CharField(_("依据"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("证照事件")
        verbose_name_plural = _("证照事件")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.license_id} {self.kind}"
