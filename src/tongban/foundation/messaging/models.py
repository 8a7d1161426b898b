"""Message texts with their versions, and the outbox."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongban.foundation.accounts.fields import EncryptedTextField


class Channel(models.TextChoices):
    """By which way a message goes."""

    SMS = "sms", _("短信")
    EMAIL = "email", _("电子邮件")


class MessageTemplate(models.Model):
    """One version of a text in one channel and language. A published version never changes."""

    code = models.CharField(_("编码"), max_length=64)
    version = models.PositiveIntegerField(_("版本"))
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    language = models.CharField(_("语言"), max_length=10)
    title = models.CharField(_("名称"), max_length=100)
    subject = models.CharField(pgettext_lazy("邮件", "主题"), max_length=200, blank=True)
    body = models.TextField(_("正文"))
    params = models.JSONField(_("参数"), default=list)

    class Meta:
        verbose_name = _("消息模板")
        verbose_name_plural = _("消息模板")
        ordering: ClassVar = ["code", "-version", "channel", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version", "channel", "language"], name="message_template_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version} {self.channel} {self.language}"


class Message(models.Model):
    """One message to one recipient: the only truth about whether it went out. Its id is the provider's reference."""

    class State(models.TextChoices):
        """How far a message has come."""

        CREATED = "created", _("待发送")
        SENDING = "sending", _("发送中")
        SENT = "sent", _("已发送")
        DELIVERED = "delivered", _("已送达")
        FAILED = "failed", _("未送达")

    class FailureClass(models.TextChoices):
        """Why a message failed."""

        TEMPORARY = "temporary", _("暂时无法送达")
        PERMANENT = "permanent", _("号码或地址无效")
        TECHNICAL = "technical", _("技术故障，请电话通知申请人")

    id = models.UUIDField(_("编号"), primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("防重键"), max_length=200, unique=True)
    template = models.ForeignKey(MessageTemplate, models.PROTECT, related_name="+", verbose_name=_("模板"))
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    recipient = EncryptedTextField(_("收件人"))
    recipient_digest = models.CharField(_("收件人摘要"), max_length=64)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("账户")
    )
    subject = EncryptedTextField(pgettext_lazy("邮件", "主题"))
    body = EncryptedTextField(_("正文"))
    about = models.CharField(_("关于"), max_length=120, db_index=True)
    unsubscribe = models.CharField(
        _("退订地址"), max_length=400, blank=True, default="", db_default="", help_text=_("只有订阅的邮件有")
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.CREATED)
    failure_class = models.CharField(_("失败类别"), max_length=12, choices=FailureClass.choices, blank=True)
    failure_text = models.CharField(_("失败说明"), max_length=300, blank=True)
    gateway = models.CharField(_("网关"), max_length=40, blank=True)
    provider_id = models.CharField(_("服务商编号"), max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_attempt_at = models.DateTimeField(_("下次尝试时间"), null=True, blank=True)
    sending_since = models.DateTimeField(_("开始发送时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["recipient_digest", "-created_at"], name="message_by_recipient"),
            models.Index(
                fields=["state", "next_attempt_at"],
                condition=Q(state__in=["created", "sending", "sent"]),
                name="message_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
