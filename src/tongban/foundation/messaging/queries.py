"""Reads texts and the outbox."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from tongban.foundation.accounts.fields import digest
from tongban.foundation.messaging.models import Channel, Message, MessageTemplate
from tongban.foundation.rows.stamps import declare, stamp

Texts = Mapping[tuple[str, str], MessageTemplate]
"""The newest version of a text by (channel, language)."""

_held: dict[str, tuple[str, Texts]] = {}
TEXTS = "messaging.texts"
declare(TEXTS, "SELECT count(*) || '/' || max(id) FROM messaging_messagetemplate")


def current_template(code: str) -> Texts:
    """Return the newest version of a text by (channel, language).

    Published texts never change, so they are kept in the process until a row is added.

    :raises MessageTemplate.DoesNotExist: if no pack declares it
    """
    last = stamp(TEXTS)
    held = _held.get(code)
    if held is None or held[0] != last:
        rows = list(MessageTemplate.objects.filter(code=code))
        if not rows:
            msg = f"no pack declares the message {code}"
            raise MessageTemplate.DoesNotExist(msg)
        newest = max(row.version for row in rows)
        held = _held[code] = (last, {(row.channel, row.language): row for row in rows if row.version == newest})
    return held[1]


def params_of(code: str) -> frozenset[str]:
    """Return the parameters the newest version of a text takes; all of them must be given.

    :raises MessageTemplate.DoesNotExist: if no pack declares it
    """
    return frozenset(next(iter(current_template(code).values())).params)


def phone_inbox(phone: str) -> QuerySet[Message]:
    """Return the texts that reached a phone, newest first."""
    return _inbox(Channel.SMS, phone)


def mail_inbox(email: str) -> QuerySet[Message]:
    """Return the mails that reached an address, newest first."""
    return _inbox(Channel.EMAIL, email)


def messages_about(about: str) -> QuerySet[Message]:
    """Return all messages about a subject, oldest first."""
    return Message.objects.filter(about=about).select_related("template").order_by("created_at", "key")


def failures_about(about: str) -> QuerySet[Message]:
    """Return the messages about a subject that did not arrive, so that a clerk can phone."""
    return messages_about(about).filter(state=Message.State.FAILED)


def _inbox(channel: Channel, address: str) -> QuerySet[Message]:
    return (
        Message.objects.filter(
            channel=channel,
            recipient_digest=digest(address),
            state__in=[Message.State.SENT, Message.State.DELIVERED],
        )
        .select_related("template")
        .order_by("-created_at", "-key")
    )


def recent_mailboxes(*, limit: int = 12) -> list[str]:
    """Return the mail addresses that got a mail last, newest first; only the demonstration shows them."""
    return _recent(Channel.EMAIL, limit)


def recent_phones(*, limit: int = 12) -> list[str]:
    """Return the phones that got a text last, newest first; only the demonstration shows them."""
    return _recent(Channel.SMS, limit)


def _recent(channel: Channel, limit: int) -> list[str]:
    rows = Message.objects.filter(channel=channel, state__in=[Message.State.SENT, Message.State.DELIVERED])
    newest = rows.order_by("-created_at").only("recipient")[: limit * 10]
    return list(dict.fromkeys(row.recipient for row in newest))[:limit]
