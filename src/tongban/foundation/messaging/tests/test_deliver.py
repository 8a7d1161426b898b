"""Each message goes out, and at most once visible, whatever the provider and the processes do."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import uuid
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection, transaction
from django.test import RequestFactory, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from tongban.foundation.clock.now import CHINA
from tongban.foundation.messaging.actions import (
    Recipient,
    as_history,
    deliver,
    fail_unconfirmed,
    note_receipt,
    queue,
    reap_jobs,
    replay,
)
from tongban.foundation.messaging.declarations import load
from tongban.foundation.messaging.gateways.choice import gateway_for, register_gateway
from tongban.foundation.messaging.gateways.http_sms import HttpSmsGateway
from tongban.foundation.messaging.gateways.protocol import HandedOver, PermanentFailureError, TemporaryFailureError
from tongban.foundation.messaging.gateways.smtp import SmtpGateway
from tongban.foundation.messaging.models import Message, MessageTemplate
from tongban.foundation.messaging.queries import failures_about, mail_inbox, phone_inbox
from tongban.foundation.messaging.rules import TemplateError
from tongban.foundation.messaging.tests.gateways import FakeProvider
from tongban.foundation.messaging.views import receipt
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import Document
from tongban.foundation.packs.sections import Loading

AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=CHINA)
PHONE = "13800000001"
SPEC = {
    "code": "case-accepted",
    "version": 1,
    "title": {"zh": "受理", "en": "Accepted"},
    "params": ["number", "item"],
    "sms": {"zh": "“{item}”（{number}）已受理。", "en": "“{item}” ({number}) is accepted."},
    "email": {"subject": {"zh": "{number}", "en": "{number}"}, "body": {"zh": "{item}", "en": "{item}"}},
}
pytestmark = pytest.mark.django_db


def loading() -> Loading:
    return Loading(Path(), "law", AT)


@pytest.fixture(autouse=True)
def texts(db):
    load([Document("messages/a.yaml", SPEC)], loading())
    yield
    register_gateway("sms", None)


def put(key: str = "case:1:accepted", **more) -> Message | None:
    to = more.pop("to", Recipient(phone=PHONE))
    params = {"number": "420102261121000001", "item": "食品经营许可"} | more
    return queue(template="case-accepted", to=to, params=params, about="case:1", key=key, at=AT)


def send(message: Message, at: dt.datetime = AT) -> Message:
    deliver(message_id=message.pk, moment=lambda: at)
    message.refresh_from_db()
    return message


def test_a_message_and_its_job_are_written_together() -> None:
    message = put()
    assert message.state == Message.State.CREATED
    job = ProcrastinateJob.objects.get(task_name="messaging.deliver")
    assert job.args == {"message_id": str(message.pk)}


def test_nothing_is_left_of_a_transaction_that_failed() -> None:
    def act() -> None:
        with transaction.atomic():
            put()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not Message.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_the_same_key_gives_the_same_message_and_one_job() -> None:
    assert put().pk == put().pk
    assert ProcrastinateJob.objects.count() == 1


def test_the_console_gateway_delivers_to_the_demonstration_phone() -> None:
    send(put())
    found = phone_inbox(PHONE).get()
    assert found.body == "“食品经营许可”（420102261121000001）已受理。"
    assert found.state == Message.State.DELIVERED


def test_the_recipient_and_the_text_are_encrypted_at_rest() -> None:
    put()
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM messaging_message m")
        row = cursor.fetchone()[0]
    assert PHONE not in row
    assert "食品" not in row


def test_english_and_mail_are_used_where_they_fit() -> None:
    message = send(put(to=Recipient(email="a@example.org", language="en")))
    assert (message.channel, message.subject, message.body) == ("email", "420102261121000001", "食品经营许可")
    assert mail_inbox("a@example.org").count() == 1
    assert send(put("other", to=Recipient(phone=PHONE, language="en"))).body.endswith("is accepted.")


def test_someone_without_phone_and_mail_gets_nothing() -> None:
    assert put(to=Recipient()) is None


def test_values_that_do_not_fit_are_refused_at_queueing() -> None:
    with pytest.raises(TemplateError):
        put(extra="1")
    with pytest.raises(MessageTemplate.DoesNotExist):
        queue(template="nothing", to=Recipient(phone=PHONE), params={}, about="", key="k", at=AT)


def test_a_value_cannot_add_lines_or_places() -> None:
    assert "\n" not in put(item="a\r\nb {number}").body


def test_a_repeated_job_sends_nothing() -> None:
    sent = []

    class Counting:
        name, gives_receipts = "counting", False

        def send(self, message):
            sent.append(message.reference)
            return HandedOver()

    register_gateway("sms", Counting())
    message = put()
    assert send(message).state == Message.State.SENT
    assert deliver(message_id=message.pk, moment=lambda: AT) is None
    assert sent == [str(message.pk)]


def provider_gateway(*behaviors: str) -> FakeProvider:
    provider = FakeProvider(*behaviors)
    register_gateway("sms", HttpSmsGateway(provider.url, "token", timeout=0.3))
    return provider


@pytest.mark.parametrize("behavior", ["500", "503", "429", "drop", "hang", "keep-and-hang"])
def test_a_bad_moment_of_the_provider_is_survived_under_one_reference(behavior: str) -> None:
    provider = provider_gateway(behavior)
    try:
        message = send(put())
        assert (message.state, message.attempts) == (Message.State.CREATED, 1)
        assert message.next_attempt_at == AT
        message = send(message)
        assert (message.state, message.provider_id) == (Message.State.SENT, f"p-{len(provider.texts)}")
        assert set(provider.taken) == {str(message.pk)}
    finally:
        provider.close()


def test_a_wrong_number_is_not_tried_again() -> None:
    provider = provider_gateway("400")
    try:
        message = send(put())
        assert (message.state, message.failure_class) == ("failed", "permanent")
        assert failures_about("case:1").get() == message
    finally:
        provider.close()


class Broken:
    name, gives_receipts = "broken", True

    def send(self, message):
        raise TemporaryFailureError("down")


def test_after_four_hours_the_clerk_is_told_to_phone() -> None:
    register_gateway("sms", Broken())
    message, at = put(), AT
    for _attempt in range(100):
        message = send(message, at)
        if message.state == Message.State.FAILED:
            break
        at = message.next_attempt_at
    assert message.attempts == 49
    assert message.failure_class == Message.FailureClass.TECHNICAL
    assert at - AT == dt.timedelta(minutes=5 * 47)


def test_an_attempt_before_its_time_does_nothing() -> None:
    register_gateway("sms", Broken())
    message = send(send(put()))
    assert message.attempts == 2
    assert send(message, AT + dt.timedelta(minutes=4)).attempts == 2
    assert send(message, AT + dt.timedelta(minutes=5)).attempts == 3


def test_a_message_whose_worker_was_killed_is_taken_up_again() -> None:
    message = put()
    Message.objects.update(state=Message.State.SENDING, sending_since=AT, attempts=1)
    assert deliver(message_id=message.pk, moment=lambda: AT + dt.timedelta(minutes=9)) is None
    later = AT + dt.timedelta(minutes=11)
    ProcrastinateJob.objects.all()._raw_delete("default")
    assert replay(at=later) == 1
    assert ProcrastinateJob.objects.count() == 1
    assert send(message, later).state == Message.State.DELIVERED


def test_a_message_without_a_job_is_found_after_an_hour() -> None:
    put()
    assert replay(at=AT + dt.timedelta(minutes=59)) == 0
    assert replay(at=AT + dt.timedelta(minutes=61)) == 1


def test_no_connection_is_held_while_the_provider_is_called(monkeypatch) -> None:
    closed = []
    monkeypatch.setattr("tongban.foundation.messaging.actions.delivering.connection", FakeConnection(closed))

    class Looking:
        name, gives_receipts = "looking", False

        def send(self, message):
            closed.append("call")
            return HandedOver()

    register_gateway("sms", Looking())
    send(put())
    assert closed == ["close", "call"]


class FakeConnection:
    in_atomic_block = False

    def __init__(self, log: list[str]) -> None:
        self.log = log

    def close(self) -> None:
        self.log.append("close")


def test_receipts_close_a_message_once() -> None:
    provider = provider_gateway()
    try:
        message = send(put())
        assert note_receipt(reference=message.pk, verdict="delivered", at=AT)
        assert not note_receipt(reference=message.pk, verdict="permanent", at=AT)
        message.refresh_from_db()
        assert message.state == Message.State.DELIVERED
    finally:
        provider.close()


def test_a_receipt_may_overtake_our_own_attempt() -> None:
    message = put()

    class Quick:
        name, gives_receipts = "quick", True

        def send(self, outgoing):
            note_receipt(reference=uuid.UUID(outgoing.reference), verdict="delivered", at=AT)
            raise TemporaryFailureError("took it, but hung")

    register_gateway("sms", Quick())
    assert send(message).state == Message.State.DELIVERED


def test_silence_of_three_days_is_a_failure() -> None:
    provider = provider_gateway()
    try:
        message = send(put())
    finally:
        provider.close()
    assert fail_unconfirmed(at=AT + dt.timedelta(hours=71)) == 0
    assert fail_unconfirmed(at=AT + dt.timedelta(hours=73)) == 1
    message.refresh_from_db()
    assert message.failure_class == "temporary"


def call_receipt(body: bytes, signature: str | None = None):
    signature = hmac.new(b"secret", body, hashlib.sha256).hexdigest() if signature is None else signature
    request = RequestFactory().post("/", body, content_type="application/json", headers={"X-Signature": signature})
    with override_settings(OPTIONS=site.OPTIONS.model_copy(update={"sms_token": "secret"})):
        return receipt(request)


def test_the_receipt_door_takes_signed_word_only() -> None:
    message = put()
    body = json.dumps({"reference": str(message.pk), "status": "permanent-failure", "detail": "空号"}).encode()
    assert call_receipt(body, "wrong").status_code == 403
    assert call_receipt(b"{}").status_code == 422
    assert call_receipt(body).status_code == 204
    message.refresh_from_db()
    assert (message.state, message.failure_text) == ("failed", "空号")


def test_history_is_delivered_at_its_own_moment_without_a_job() -> None:
    with as_history():
        message = put()
    assert (message.state, message.finished_at) == (Message.State.DELIVERED, AT)
    assert not ProcrastinateJob.objects.exists()
    assert phone_inbox(PHONE).count() == 1


def test_a_stuck_job_goes_back_to_the_queue() -> None:
    put()
    job = ProcrastinateJob.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE id = %s", [job.pk])
    assert reap_jobs(at=AT) == 1
    job.refresh_from_db()
    assert job.status == "todo"
    assert reap_jobs(at=AT) == 0


def test_a_published_text_cannot_be_changed_only_replaced() -> None:
    changed = SPEC | {"sms": {"zh": "{number}{item}", "en": "{number}{item}"}}
    with pytest.raises(PackError, match="version 改为 2"):
        load([Document("messages/a.yaml", changed)], loading())
    assert load([Document("messages/a.yaml", SPEC)], loading()).same == 4
    assert load([Document("messages/a.yaml", changed | {"version": 2})], loading()).created == 4
    assert put("second").body == "420102261121000001食品经营许可"


@pytest.mark.parametrize(
    "change",
    [
        {"params": ["number"]},
        {"params": ["number", "item", "more"]},
        {"sms": {"zh": "{number}{item}", "en": "{number}"}},
        {"sms": {"zh": "{number}{item}{", "en": "{number}{item}"}},
        {"sms": {"zh": "{number}{item}" + "长" * 500, "en": "{number}{item}"}},
        {"sms": None, "email": None},
    ],
)
def test_a_text_whose_parameters_do_not_fit_is_refused_at_loading(change: dict) -> None:
    with pytest.raises(PackError):
        load([Document("messages/b.yaml", SPEC | {"code": "other"} | change)], loading())


def test_gateways_are_chosen_by_the_settings() -> None:
    assert gateway_for("sms").name == "console"
    chosen = {"messaging_gateway": "http", "sms_url": "https://sms.example", "smtp_url": "smtps://u:p%40@mail:465"}
    with override_settings(OPTIONS=site.OPTIONS.model_copy(update=chosen)):
        assert gateway_for("sms").name == "http"
        mail = gateway_for("email")
    assert isinstance(mail, SmtpGateway)
    assert (mail.options["password"], mail.options["use_ssl"]) == ("p@", True)
    for wrong in (lambda: HttpSmsGateway("file:///etc/passwd", ""), lambda: SmtpGateway("http://x", "")):
        with pytest.raises(ValueError, match="TONGBAN_"):
            wrong()


def test_a_mail_server_that_is_down_is_a_temporary_failure(monkeypatch) -> None:
    message = put(to=Recipient(email="a@example.org"))
    register_gateway("email", SmtpGateway("smtp://127.0.0.1:1", "office@example.org"))
    try:
        assert send(message).state == Message.State.CREATED
        import smtplib

        def refuse(self, **_more):
            raise smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user")})

        monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
        assert send(message).failure_class == "permanent"
    finally:
        register_gateway("email", None)


def test_permanent_failures_carry_their_words() -> None:
    class Refusing:
        name, gives_receipts = "refusing", True

        def send(self, message):
            raise PermanentFailureError("x" * 1000)

    register_gateway("sms", Refusing())
    assert len(send(put()).failure_text) == 300


def test_the_receipt_door_stands_under_the_api(client) -> None:
    assert client.post("/api/receipts/sms/", b"{}", content_type="application/json").status_code == 403
    assert client.get("/api/receipts/sms/").status_code == 405


def test_a_real_installation_is_warned_that_nothing_is_sent() -> None:
    from tongban.foundation.messaging.checks import gateways

    assert gateways() == []
    with override_settings(OPTIONS=site.OPTIONS.model_copy(update={"mode": "production"})):
        assert [found.id for found in gateways()] == ["messaging.W001"] * 2
    with override_settings(OPTIONS=site.OPTIONS.model_copy(update={"messaging_gateway": "http"})):
        assert [found.id for found in gateways()] == ["messaging.E001"]
