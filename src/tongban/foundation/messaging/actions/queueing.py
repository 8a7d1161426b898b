"""Puts a message into the outbox, inside the transaction of the act it tells about."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from tongban.foundation.accounts.fields import digest
from tongban.foundation.messaging.models import Channel, Message, MessageTemplate
from tongban.foundation.messaging.queries import Texts, current_template
from tongban.foundation.messaging.rules import check_values, fill, one_line, some_lines
from tongban.foundation.rows.statements import insert_once

JOB = "messaging.deliver"
QUEUE = "messages"
HISTORY = "history"

_history: ContextVar[bool] = ContextVar("messages_as_history", default=False)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to reach: by phone if known, else by mail. ``language`` is a code such as ``zh-hans`` or ``en``."""

    phone: str = ""
    email: str = ""
    account_id: int | None = None
    language: str = "zh-hans"


@contextlib.contextmanager
def as_history() -> Iterator[None]:
    """Inside, messages are kept as delivered at their own moment and nothing is sent.

    For the demonstration's past, in which the people are invented and the moments are over.
    """
    token = _history.set(True)
    try:
        yield
    finally:
        _history.reset(token)


def queue(
    *,
    template: str | Texts,
    to: Recipient,
    params: Mapping[str, str | Sequence[str]],
    about: str,
    key: str,
    at: dt.datetime,
    unsubscribe: str = "",
) -> Message | None:
    """Put a message into the outbox and its job into the queue; both exist exactly if the transaction commits.

    :param template: the text's code, or its versions as just read with ``current_template``; the newest is used and noted
    :param params: exactly the declared parameters; a sequence becomes lines of their own
    :param unsubscribe: for mails one has subscribed to: the address that ends it with one request (RFC 8058)
    :param about: what it is about, such as ``case:420102261121000001``
    :param key: the same key gives the same message, never a second one
    :return: the message, or ``None`` if the recipient left neither phone nor mail, or the text has no such channel
    :raises TemplateError: if parameters are missing or unknown
    :raises MessageTemplate.DoesNotExist: if no pack declares the text
    """
    chosen, address = _choose(template, to)
    if chosen is None:
        return None
    check_values(chosen.params, params)
    values = {name: one_line(each) if isinstance(each, str) else some_lines(each) for name, each in params.items()}
    past = _history.get()
    fields: dict[str, Any] = {
        "template": chosen,
        "channel": chosen.channel,
        "recipient": address,
        "recipient_digest": digest(address),
        "account_id": to.account_id,
        "subject": one_line(fill(chosen.subject, values)),
        "body": fill(chosen.body, values),
        "about": about,
        "unsubscribe": unsubscribe,
        "created_at": at,
        "next_attempt_at": at,
    }
    if past:
        fields |= {
            "state": Message.State.DELIVERED, "gateway": HISTORY, "sent_at": at, "finished_at": at, "next_attempt_at": None,
        }  # fmt: skip
    message = Message(key=key, **fields)
    with transaction.atomic(savepoint=False):
        if not insert_once(message):
            return Message.objects.get(key=key)
        if not past:
            schedule(message)
    return message


def schedule(message: Message, *, later: dt.datetime | None = None) -> None:
    """Defer the delivery job in the present transaction."""
    app.configure_task(JOB, queue=QUEUE, lock=f"message:{message.pk}", schedule_at=later).defer(
        message_id=str(message.pk)
    )


def _choose(template: str | Texts, to: Recipient) -> tuple[MessageTemplate | None, str]:
    """Return the text to use and the address to use it on."""
    language = "en" if to.language.startswith("en") else "zh"
    found = current_template(template) if isinstance(template, str) else template
    for channel, address in ((Channel.SMS, to.phone), (Channel.EMAIL, to.email)):
        text = found.get((channel.value, language))
        if address and text is not None:
            return text, address.strip()
    return None, ""
