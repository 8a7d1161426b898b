"""Notes what a provider later says of a message."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from tongban.foundation.messaging.models import Message

Verdict = Literal["delivered", "temporary", "permanent"]
_OPEN = (Message.State.CREATED, Message.State.SENDING, Message.State.SENT)


def note_receipt(*, reference: uuid.UUID, verdict: Verdict, at: dt.datetime, detail: str = "") -> bool:
    """Close a message by the provider's word; return whether it was open (a repeated receipt changes nothing).

    Word of delivery may come before our own attempt learns that the message was taken.
    """
    delivered = verdict == "delivered"
    changed = Message.objects.filter(pk=reference, state__in=_OPEN).update(
        state=Message.State.DELIVERED if delivered else Message.State.FAILED,
        failure_class="" if delivered else verdict,
        failure_text="" if delivered else detail[:300],
        finished_at=at,
        next_attempt_at=None,
    )
    return bool(changed)
