"""People and firms who sign in, and what is known of who they are."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.foundation.accounts.fields import EncryptedTextField


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by their sign-in name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Return the account with a sign-in name.

        :raises Account.DoesNotExist: if there is none
        """
        return self.get(username=fold_username(username or ""))


def fold_username(username: str) -> str:
    """Return the one form in which a sign-in name is stored and looked up."""
    return username.strip().casefold()


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
    password_changed_at = models.DateTimeField(
        _("密码修改时间"), null=True, blank=True, help_text=_("为空表示仍在使用初始密码，下次登录必须修改")
    )
    session_epoch = models.PositiveIntegerField(_("会话批次"), default=0, help_text=_("加一即结束该账户的全部会话"))
    enabled_at = models.DateTimeField(_("重新启用时间"), null=True, blank=True)
    disabled_reason = models.CharField(_("停用原因"), max_length=200, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = _("账户")
        verbose_name_plural = _("账户")

    def __str__(self) -> str:
        return self.display_name

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Tie sessions to the password and to the epoch, so that a change of either ends them."""
        salt = "tongban.foundation.accounts.session"
        value = f"{self.password}|{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


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
    verified_by = models.CharField(_("核验方式"), max_length=64, blank=True, help_text=_("为空表示本人填报、尚未核验"))
    verified_at = models.DateTimeField(_("核验时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("实名信息")
        verbose_name_plural = _("实名信息")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number_digest"], condition=Q(verified_at__isnull=False), name="one_verified_account_a_number"
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by="")
                | (Q(verified_at__isnull=False) & ~Q(verified_by="")),
                name="identity_verified_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.account_id}"

    @property
    def is_verified(self) -> bool:
        """Tell whether someone other than the person vouches for it; only then may held licences be reused."""
        return self.verified_at is not None


class Delegation(models.Model):
    """A firm or person lets another account act for it within given dates."""

    principal = models.ForeignKey(Account, models.CASCADE, related_name="delegations_given", verbose_name=_("委托人"))
    agent = models.ForeignKey(Account, models.CASCADE, related_name="delegations_held", verbose_name=_("代办人"))
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)
    ended_on = models.DateField(_("解除日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("委托")
        verbose_name_plural = _("委托")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["principal", "agent"], condition=Q(ended_on__isnull=True), name="delegation_once"
            ),
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="delegation_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id}→{self.agent_id}"


class SignInGuard(models.Model):
    """Failed sign-ins for one sign-in name or one address, known by keyed digest, whether or not an account exists."""

    class Subject(models.TextChoices):
        """What is being tried."""

        NAME = "name", _("登录名")
        ADDRESS = "address", _("来源地址")

    subject = models.CharField(_("对象"), max_length=8, choices=Subject.choices)
    digest = models.CharField(pgettext_lazy("校验", "摘要"), max_length=64)
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("账户")
    )
    failures = models.PositiveIntegerField(_("失败次数"), default=0)
    window_from = models.DateTimeField(_("计数起始"))
    locked_until = models.DateTimeField(_("锁定至"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("登录防护")
        verbose_name_plural = _("登录防护")
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "digest"], name="sign_in_guard_once")]

    def __str__(self) -> str:
        return f"{self.subject}:{self.digest[:8]}"


class SignIn(models.Model):
    """One attempt to sign in to an existing account, for its owner to read."""

    class Outcome(models.TextChoices):
        """How it ended."""

        SUCCEEDED = "succeeded", _("成功")
        FAILED = "failed", _("失败")
        LOCKED = "locked", _("锁定期内被拒")

    account = models.ForeignKey(Account, models.CASCADE, related_name="sign_ins", verbose_name=_("账户"))
    at = models.DateTimeField(_("时间"))
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices)
    method = models.CharField(_("方式"), max_length=40)
    address = models.GenericIPAddressField(_("来源地址"), null=True, blank=True)
    agent = models.CharField(_("浏览器"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("登录记录")
        verbose_name_plural = _("登录记录")
        indexes: ClassVar = [models.Index(fields=["account", "-at"], name="sign_in_by_account")]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.outcome}"

    @property
    def method_title(self) -> str:
        """Say how someone signed in, in words."""
        for part, title in _METHODS:
            if part in self.method:
                return str(title)
        return str(_("密码") if self.method == "password" else _("身份认证平台"))


_METHODS = (
    ("webauthn", _("通行密钥")),
    ("totp", _("密码和验证器应用")),
    ("recovery", _("密码和恢复码")),
)


class Reveal(models.Model):
    """Someone was shown a masked value of an identity, for a reason. The person concerned can read this."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="reveals", verbose_name=_("被查看人"))
    field = models.CharField(_("信息项"), max_length=32)
    reason = models.CharField(_("查看理由"), max_length=200)
    about = models.CharField(_("所办事项"), max_length=80, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("查看人"))
    by_key = models.CharField(_("查看人身份"), max_length=200)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("查看个人信息记录")
        verbose_name_plural = _("查看个人信息记录")
        indexes: ClassVar = [
            models.Index(fields=["account", "-at"], name="reveal_by_account"),
            models.Index(fields=["by", "-at"], name="reveal_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id}→{self.account_id}:{self.field}"


class PasswordRecovery(models.Model):
    """A code sent to the phone on file, by which a person or firm may choose a new password."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("账户"))
    code_digest = models.CharField(_("验证码摘要"), max_length=64)
    sent_at = models.DateTimeField(_("发送时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("找回密码")
        verbose_name_plural = _("找回密码")
        indexes: ClassVar = [models.Index(fields=["account", "-sent_at"], name="recovery_by_account")]

    def __str__(self) -> str:
        return f"{self.account_id}@{self.sent_at:%F}"
