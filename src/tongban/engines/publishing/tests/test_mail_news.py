"""News by mail: nobody gets any unasked, nothing comes twice, nothing withdrawn, and leaving leaves nothing behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection

from tongban.engines.publishing.actions import digests
from tongban.engines.publishing.actions.digests import Addresses, forget_digests, send_digests, subscribe
from tongban.engines.publishing.actions.publishing import withdraw
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import DigestRequest, DigestSubscription
from tongban.engines.publishing.rules.digests import is_due
from tongban.engines.publishing.tests.world import AT, World, make_world, published
from tongban.foundation.messaging.models import Message
from tongban.foundation.packs.actions import read_section
from tongban.foundation.packs.sections import Loading, sections

SECTIONS = ("calendars", "rules", "messages")
TABLES = (
    "clock_calendarday", "clock_calendaryear", "clock_calendarstamp", "clock_limitrule", "messaging_messagetemplate",
)  # fmt: skip
WHERE = Addresses("https://www.example.gov.cn/")
ADDRESS = "reader@example.org"
MORNING = (AT + dt.timedelta(days=1)).replace(hour=7, minute=10)


@pytest.fixture(scope="module")
def texts(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    root = project.PROJECT_ROOT / "packs" / "law"
    with django_db_blocker.unblock():
        for section in sections():
            if section.name in SECTIONS:
                section.load(read_section(section, root=root), Loading(root, "law", AT))
        connection.close()
    yield
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        connection.close()


@pytest.fixture
def world(texts: None, db: None) -> World:
    return make_world()


def ask(world: World, *, at: dt.datetime = AT, email: str = ADDRESS, client: str = "c", **more: Any) -> str:
    """Ask for news and return the token in the confirmation mail."""
    values: dict[str, Any] = {"columns": [world.headlines.pk], "rhythm": "daily", "language": "zh-hans"} | more
    subscribe(site=world.main, email=email, client=client, where=WHERE, at=at, **values)
    body = Message.objects.filter(template__code="digest-confirm").latest("created_at").body
    return body.partition("/subscribe/")[2].partition("/")[0]


def confirmed(world: World, **more: Any) -> DigestSubscription:
    row = digests.confirm(token=ask(world, **more), at=AT)
    assert row is not None
    return row


def send(at: dt.datetime = MORNING) -> int:
    return send_digests(at=at, root="https://www.example.gov.cn", own_hosts=False)


def mails() -> list[Message]:
    return list(Message.objects.filter(template__code="digest").order_by("created_at"))


def test_nobody_gets_mail_without_having_confirmed(world: World) -> None:
    token = ask(world)
    published(world)
    assert send() == 0
    assert digests.confirm(token=token, at=AT + dt.timedelta(hours=49)) is None
    assert digests.confirm(token=token[:-2], at=AT) is None
    assert digests.confirm(token=token, at=AT) is not None
    assert digests.confirm(token=token, at=AT) is None


def test_a_mail_brings_what_was_published_since_once_and_none_if_there_is_nothing(world: World) -> None:
    row = confirmed(world)
    first = published(world, title="第一条", at=AT + dt.timedelta(hours=1))
    published(world, column=world.notices, title="别的栏目", at=AT + dt.timedelta(hours=1))
    assert send() == 1
    assert send() == 0
    assert send(MORNING + dt.timedelta(hours=3)) == 0
    [mail] = mails()
    assert "第一条" in mail.body
    assert f"https://www.example.gov.cn/articles/{first.pk}/" in mail.body
    assert "别的栏目" not in mail.body
    assert mail.recipient == ADDRESS
    assert mail.unsubscribe in mail.body
    assert mail.unsubscribe.startswith("https://www.example.gov.cn/unsubscribe/")
    assert send(MORNING + dt.timedelta(days=1)) == 0
    row.refresh_from_db()
    assert row.covered_until == MORNING + dt.timedelta(days=1)


def test_a_repeated_job_never_sends_a_second_mail_for_a_day(world: World) -> None:
    row = confirmed(world)
    published(world, at=AT + dt.timedelta(hours=1))
    send()
    DigestSubscription.objects.filter(pk=row.pk).update(covered_until=AT)
    send(MORNING + dt.timedelta(hours=1))
    assert len(mails()) == 1


def test_withdrawn_items_are_never_in_a_mail(world: World) -> None:
    confirmed(world)
    article = published(world, title="撤下的", at=AT + dt.timedelta(hours=1))
    published(world, title="留下的", at=AT + dt.timedelta(hours=1))
    withdraw(article=article, reason="有误", by=world.publisher, at=AT + dt.timedelta(hours=2))
    send()
    [mail] = mails()
    assert "撤下的" not in mail.body
    assert "留下的" in mail.body


def test_an_item_published_with_an_older_date_is_not_missed(world: World) -> None:
    confirmed(world)
    article = published(world, title="补发的", at=AT + dt.timedelta(hours=1))
    article.placements.update(published_at=AT - dt.timedelta(days=3))
    assert send() == 1


def test_a_weekly_mail_goes_out_on_monday_or_the_first_run_after() -> None:
    friday, monday = dt.date(2026, 11, 20), dt.date(2026, 11, 23)
    assert not is_due("weekly", friday, dt.date(2026, 11, 22))
    assert is_due("weekly", friday, monday)
    assert is_due("weekly", friday, dt.date(2026, 11, 25))
    assert not is_due("weekly", monday, dt.date(2026, 11, 29))
    assert is_due("daily", friday, dt.date(2026, 11, 21))
    assert not is_due("daily", friday, friday)


def test_a_change_waits_for_its_own_confirmation(world: World) -> None:
    row = confirmed(world)
    token = ask(world, at=AT + dt.timedelta(minutes=5), columns=[world.notices.pk], rhythm="weekly")
    row.refresh_from_db()
    assert row.columns == [world.headlines.pk]
    digests.confirm(token=token, at=AT + dt.timedelta(minutes=6))
    row.refresh_from_db()
    assert (row.columns, row.rhythm) == ([world.notices.pk], "weekly")


def test_leaving_deletes_the_address_and_a_second_time_does_nothing(world: World) -> None:
    confirmed(world)
    published(world, at=AT + dt.timedelta(hours=1))
    send()
    token = mails()[0].unsubscribe.rstrip("/").rpartition("/")[2]
    assert digests.leave(token=token)
    assert not digests.leave(token=token)
    assert not digests.leave(token="forged")
    assert DigestSubscription.objects.count() == 0


def test_addresses_are_kept_encrypted_and_only_for_two_days_without_confirmation(world: World) -> None:
    ask(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM publishing_digestsubscription")
        assert ADDRESS.encode() not in bytes(cursor.fetchone()[0])
    assert forget_digests(at=AT + dt.timedelta(hours=47)) == 2, "the two counts for the limits"
    assert forget_digests(at=AT + dt.timedelta(hours=49)) == 1
    assert DigestSubscription.objects.count() == 0


def test_a_stranger_cannot_fill_a_mailbox_nor_ask_for_hundreds(world: World) -> None:
    for minute in range(3):
        ask(world, at=AT + dt.timedelta(minutes=minute), client=f"c{minute}")
    with pytest.raises(PublishingRefusedError, match="次数太多"):
        ask(world, at=AT + dt.timedelta(minutes=9), client="other")
    for number in range(10):
        ask(world, at=AT + dt.timedelta(minutes=10 + number), email=f"r{number}@example.org", client="one")
    with pytest.raises(PublishingRefusedError, match="次数太多"):
        ask(world, at=AT + dt.timedelta(minutes=30), email="eleventh@example.org", client="one")
    assert not DigestRequest.objects.filter(subject__contains="@").exists()


def test_an_address_that_refuses_for_good_is_given_up(world: World) -> None:
    confirmed(world)
    for day in range(3):
        published(world, title=f"第{day}条", at=AT + dt.timedelta(days=day, hours=1))
        send(MORNING + dt.timedelta(days=day))
        Message.objects.filter(template__code="digest").update(state="failed", failure_class="permanent")
    assert len(mails()) == 2
    assert DigestSubscription.objects.count() == 0


def test_a_mail_in_english_names_columns_in_english(world: World) -> None:
    world.headlines.name = {"zh": "要闻", "en": "Headlines"}
    world.headlines.save()
    confirmed(world, language="en")
    published(world, at=AT + dt.timedelta(hours=1))
    send()
    assert "【Headlines】" in mails()[0].body
    assert "To unsubscribe open" in mails()[0].body
