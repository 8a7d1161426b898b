"""People and firms who sign in, and what is known of who they are."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.foundation.accounts.fields import EncryptedTextField


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by their sign-in name."""


class Account(AbstractBaseUser):
    """Someone who may sign in: a person, a firm, or an official. There is no superuser."""

    class Kind(models.TextChoices):
        """Who stands behind an account."""

        PERSON = "person", _("个人")
        ORGANIZATION = "organization", _("法人和其他组织")
        OFFICIAL = "official", _("工作人员")

    username = models.CharField(_("登录名"), max_length=64, unique=True)
    kind = models.CharField(_("类别"), max_length=16, choices=Kind.choices, default=Kind.PERSON)
    display_name = models.CharField(_("显示名称"), max_length=100)
    email = models.EmailField(_("电子邮箱"), blank=True)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(_("启用"), default=True)
    joined_at = models.DateTimeField(_("开户时间"))
    failed_sign_ins = models.PositiveSmallIntegerField(_("连续登录失败次数"), default=0)
    locked_until = models.DateTimeField(_("锁定至"), null=True, blank=True)
    password_changed_at = models.DateTimeField(_("密码修改时间"), null=True, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = _("账户")
        verbose_name_plural = _("账户")

    def __str__(self) -> str:
        return self.display_name


class Identity(models.Model):
    """The verified real name behind an account; personal values are encrypted at rest."""

    class Kind(models.TextChoices):
        """What kind of number proves the identity."""

        CITIZEN = "citizen", _("居民身份证")
        ORGANIZATION = "organization", _("统一社会信用代码")

    account = models.OneToOneField(Account, models.CASCADE, related_name="identity", verbose_name=_("账户"))
    kind = models.CharField(_("证件类型"), max_length=16, choices=Kind.choices)
    name = EncryptedTextField(_("姓名或名称"))
    number = EncryptedTextField(_("证件号码"))
    number_digest = models.CharField(_("证件号码摘要"), max_length=64, db_index=True)
    phone = EncryptedTextField(_("手机号码"))
    phone_digest = models.CharField(_("手机号码摘要"), max_length=64, db_index=True, blank=True)
    address = EncryptedTextField(_("地址"))
    legal_representative = EncryptedTextField(_("法定代表人"))
    verified_by = models.CharField(_("核验方式"), max_length=64)
    verified_at = models.DateTimeField(_("核验时间"))

    class Meta:
        verbose_name = _("实名信息")
        verbose_name_plural = _("实名信息")

    def __str__(self) -> str:
        return f"{self.kind}:{self.account_id}"


class Delegation(models.Model):
    """A firm or person lets another account act for it within given dates."""

    principal = models.ForeignKey(Account, models.CASCADE, related_name="delegations_given", verbose_name=_("委托人"))
    agent = models.ForeignKey(Account, models.CASCADE, related_name="delegations_held", verbose_name=_("代办人"))
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("委托")
        verbose_name_plural = _("委托")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["principal", "agent", "valid_from"], name="delegation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id}→{self.agent_id}"
