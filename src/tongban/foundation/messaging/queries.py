"""Reads texts and the outbox."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from tongban.foundation.accounts.fields import digest
from tongban.foundation.messaging.models import Channel, Message, MessageTemplate


def current_template(code: str) -> dict[tuple[str, str], MessageTemplate]:
    """Return the newest version of a text by (channel, language).

    :raises MessageTemplate.DoesNotExist: if no pack declares it
    """
    newest = MessageTemplate.objects.filter(code=code).values("code").annotate(newest=Max("version")).values("newest")
    found = {(row.channel, row.language): row for row in MessageTemplate.objects.filter(code=code, version__in=newest)}
    if not found:
        msg = f"no pack declares the message {code}"
        raise MessageTemplate.DoesNotExist(msg)
    return found


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


def recent_phones(*, limit: int = 12) -> list[str]:
    """Return the phones that got a text last, newest first; only the demonstration shows them."""
    rows = Message.objects.filter(channel=Channel.SMS, state__in=[Message.State.SENT, Message.State.DELIVERED])
    newest = rows.order_by("-created_at").only("recipient")[: limit * 10]
    return list(dict.fromkeys(row.recipient for row in newest))[:limit]
