"""Streams and the chained events in them. Rows are only ever added; the database refuses anything else."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditStream(models.Model):
    """One subject's chain: a case, an account, a unit, or ``security``. The row is locked while an event is added."""

    name = models.CharField(_("记录流"), max_length=120, primary_key=True)
    seq = models.BigIntegerField(_("最后序号"), default=0)
    head = models.BinaryField(_("最后散列值"), max_length=64)

    class Meta:
        verbose_name = _("审计记录流")
        verbose_name_plural = _("审计记录流")

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """One recorded act. ``hash`` covers ``prev`` and ``body``; ``kind`` and ``at`` repeat what the body says."""

    stream = models.ForeignKey(AuditStream, models.PROTECT, related_name="events", verbose_name=_("记录流"))
    seq = models.BigIntegerField(_("序号"))
    kind = models.CharField(_("行为"), max_length=80)
    at = models.DateTimeField(_("时间"))
    body = models.BinaryField(_("内容"))
    prev = models.BinaryField(_("前一散列值"), max_length=64)
    hash = models.BinaryField(_("散列值"), max_length=64)
    alg = models.CharField(_("散列算法"), max_length=16)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering: ClassVar = ["stream", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["stream", "seq"], name="audit_event_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "at"], name="audit_event_by_kind")]

    def __str__(self) -> str:
        return f"{self.stream_id}/{self.seq}"

    @property
    def content(self) -> dict[str, Any]:
        """Return the body as data: stream, seq, kind, actor, at, data."""
        parsed: dict[str, Any] = json.loads(bytes(self.body))
        return parsed

    @property
    def actor(self) -> str:
        """Return the key of who acted."""
        return str(self.content["actor"])

    @property
    def data(self) -> dict[str, Any]:
        """Return what was recorded."""
        found: dict[str, Any] = self.content["data"]
        return found


class AuditPending(models.Model):
    """An event not yet sealed into the global log; written in the transaction of the event itself."""

    event = models.OneToOneField(
        AuditEvent, models.PROTECT, primary_key=True, related_name="pending", verbose_name=_("审计记录")
    )

    class Meta:
        verbose_name = _("待封存记录")
        verbose_name_plural = _("待封存记录")

    def __str__(self) -> str:
        return str(self.event_id)
