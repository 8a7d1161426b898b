"""Many messages, several workers, jobs run twice, workers killed, a provider at its worst: nothing lost, nothing doubled."""

from __future__ import annotations

import datetime as dt
import random
import threading
from pathlib import Path

import pytest
from django.db import connections

from tongban.foundation.clock.now import CHINA
from tongban.foundation.messaging.actions import Recipient, deliver, queue
from tongban.foundation.messaging.declarations import load
from tongban.foundation.messaging.gateways.choice import register_gateway
from tongban.foundation.messaging.gateways.http_sms import HttpSmsGateway
from tongban.foundation.messaging.models import Message
from tongban.foundation.messaging.rules import SENDING_LEASE
from tongban.foundation.messaging.tests.gateways import FakeProvider
from tongban.foundation.packs.reading import Document
from tongban.foundation.packs.sections import Loading

AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=CHINA)
SPEC = {
    "code": "plain", "version": 1, "title": {"zh": "测试", "en": "Test"}, "params": ["number"],
    "sms": {"zh": "编号{number}", "en": "No. {number}"},
}  # fmt: skip
MESSAGES, WORKERS, ROUNDS = 24, 4, 8


class Killed(BaseException):
    """The worker dies between the provider's answer and its own note of it."""


class DyingGateway(HttpSmsGateway):
    """Hands over, and now and then dies before the answer is written down."""

    def __init__(self, url: str, luck: random.Random) -> None:
        super().__init__(url, "token", timeout=0.2)
        self.luck, self.kills = luck, 0

    def send(self, message):
        handed = super().send(message)
        if self.luck.random() < 0.1:
            self.kills += 1
            raise Killed
        return handed


@pytest.mark.django_db(transaction=True)
def test_every_message_reaches_the_provider_once() -> None:
    luck = random.Random(7)  # noqa: S311
    behaviors = luck.choices(
        ["ok", "500", "drop", "429", "hang", "keep-and-hang"], [60, 10, 10, 10, 5, 5], k=MESSAGES * 3
    )
    load([Document("messages/plain.yaml", SPEC)], Loading(Path(), "law", AT))
    made = [
        queue(
            template="plain", to=Recipient(phone="13800000001"), params={"number": str(n)}, about="case:1",
            key=f"k{n}", at=AT,
        )
        for n in range(MESSAGES)
    ]  # fmt: skip
    provider = FakeProvider(*behaviors)
    gateway = DyingGateway(provider.url, luck)
    register_gateway("sms", gateway)
    problems: list[BaseException] = []

    def work(seed: int, at: dt.datetime) -> None:
        order = random.Random(seed).sample(made, k=len(made))  # noqa: S311
        try:
            for message in order:
                try:
                    deliver(message_id=message.pk, moment=lambda: at)
                except Killed:
                    connections.close_all()
        except Exception as wrong:  # noqa: BLE001
            problems.append(wrong)
        finally:
            connections.close_all()

    try:
        for turn in range(ROUNDS):
            at = AT + turn * (SENDING_LEASE + dt.timedelta(minutes=1))
            threads = [threading.Thread(target=work, args=(turn * 10 + worker, at)) for worker in range(WORKERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        provider.close()
        register_gateway("sms", None)
    assert problems == []
    assert gateway.kills > 0
    assert {str(message.pk) for message in made} == set(provider.taken)
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.SENT}
    # What the provider got twice has one reference, so it can drop the double; nothing else was repeated.
    assert sum(provider.taken.values()) <= MESSAGES + gateway.kills + behaviors.count("keep-and-hang")
