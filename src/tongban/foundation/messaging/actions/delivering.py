"""Hands one message to its gateway: claim it, let go of the database, call, write down what came of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from tongban.foundation.messaging.actions.queueing import schedule
from tongban.foundation.messaging.gateways.choice import gateway_for
from tongban.foundation.messaging.gateways.protocol import (
    Gateway,
    HandedOver,
    Outgoing,
    PermanentFailureError,
    TemporaryFailureError,
)
from tongban.foundation.messaging.models import Message
from tongban.foundation.messaging.rules import SENDING_LEASE, next_attempt

SLACK = dt.timedelta(seconds=5)
"""A job may start this much before the moment it was scheduled for: two machines' clocks differ."""


def deliver(*, message_id: uuid.UUID, moment: Callable[[], dt.datetime]) -> Message.State | None:
    """Send a message if it is due, and return its new state (``None`` if there was nothing to do).

    Jobs run at least once; the message's state is the guard, so a repeated job sends nothing. No transaction and no
    connection is held while the gateway is called.

    :param moment: the clock, asked before and after the call
    """
    claimed = _claim(message_id, at=moment())
    if claimed is None:
        return None
    outgoing, attempt = claimed
    gateway = gateway_for(outgoing.channel)
    if not connection.in_atomic_block:
        connection.close()
    try:
        handed = gateway.send(outgoing)
    except PermanentFailureError as wrong:
        return _fail(message_id, attempt, Message.FailureClass.PERMANENT, str(wrong), gateway=gateway, at=moment())
    except TemporaryFailureError as wrong:
        return _postpone(message_id, attempt, str(wrong), gateway=gateway, at=moment())
    return _finish(message_id, attempt, handed, gateway=gateway, at=moment())


def _claim(message_id: uuid.UUID, *, at: dt.datetime) -> tuple[Outgoing, int] | None:
    """Mark the message as sending if it is due, or if an earlier attempt died with the message in its hands."""
    due = Q(state=Message.State.CREATED, next_attempt_at__lte=at + SLACK)
    abandoned = Q(state=Message.State.SENDING, sending_since__lt=at - SENDING_LEASE)
    with transaction.atomic():
        message = Message.objects.select_for_update(skip_locked=True).filter(due | abandoned, pk=message_id).first()
        if message is None:
            return None
        message.state = Message.State.SENDING
        message.attempts += 1
        message.sending_since = at
        message.save(update_fields=["state", "attempts", "sending_since"])
    outgoing = Outgoing(
        str(message.pk), message.channel, message.recipient, message.subject, message.body, message.unsubscribe
    )
    return outgoing, message.attempts


def _finish(
    message_id: uuid.UUID, attempt: int, handed: HandedOver, *, gateway: Gateway, at: dt.datetime
) -> Message.State:
    """Write down that the provider has the message, unless a receipt was faster."""
    final = handed.delivered
    state = Message.State.DELIVERED if final else Message.State.SENT
    _mine(message_id, attempt).update(
        state=state,
        gateway=gateway.name,
        provider_id=handed.provider_id,
        sent_at=at,
        finished_at=at if final or not gateway.gives_receipts else None,
        next_attempt_at=None,
    )
    return state


def _postpone(message_id: uuid.UUID, attempt: int, why: str, *, gateway: Gateway, at: dt.datetime) -> Message.State:
    """Try again later, or give up after the last attempt so that a clerk can phone."""
    again = next_attempt(attempt, at)
    if again is None:
        return _fail(message_id, attempt, Message.FailureClass.TECHNICAL, why, gateway=gateway, at=at)
    with transaction.atomic():
        changed = _mine(message_id, attempt).update(
            state=Message.State.CREATED, next_attempt_at=again, failure_text=why[:300], gateway=gateway.name
        )
        if changed:
            schedule(Message(pk=message_id), later=again)
    return Message.State.CREATED


def _fail(
    message_id: uuid.UUID, attempt: int, kind: Message.FailureClass, why: str, *, gateway: Gateway, at: dt.datetime
) -> Message.State:
    _mine(message_id, attempt).update(
        state=Message.State.FAILED,
        failure_class=kind,
        failure_text=why[:300],
        gateway=gateway.name,
        finished_at=at,
        next_attempt_at=None,
    )
    return Message.State.FAILED


def _mine(message_id: uuid.UUID, attempt: int) -> QuerySet[Message]:
    """Return the message if this attempt still holds it."""
    return Message.objects.filter(pk=message_id, state=Message.State.SENDING, attempts=attempt)
