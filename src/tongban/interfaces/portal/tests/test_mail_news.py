"""Subscribing in the browser: a form, a mail, a button; leaving by one request of the mail program."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.engines.publishing.models import DigestSubscription
from tongban.engines.publishing.tests import test_mail_news
from tongban.engines.publishing.tests.world import World
from tongban.foundation.messaging.models import Message

texts, world = test_mail_news.texts, test_mail_news.world


def link(template: str = "digest-confirm") -> str:
    body = Message.objects.filter(template__code=template).latest("created_at").body
    return "/subscribe/" + body.partition("/subscribe/")[2].split()[0]


def send_form(client: Client, world: World, **more: object) -> object:
    values = {"email": "Reader@Example.org", "columns": [world.headlines.pk], "rhythm": "weekly"} | more
    return client.post("/subscribe/", values)


def test_a_reader_subscribes_confirms_and_leaves(world: World, client: Client) -> None:
    page = client.get(f"/subscribe/?column={world.headlines.pk}").content.decode()
    assert f'value="{world.headlines.pk}" checked' in page
    send_form(client, world)
    address = link()
    assert client.get(address).status_code == 200
    assert DigestSubscription.objects.get().confirmed_at is None, "opening alone does nothing"
    assert "订阅已生效" in Client(enforce_csrf_checks=True).post(address).content.decode()
    row = DigestSubscription.objects.get()
    assert (row.email, row.rhythm, row.columns) == ("reader@example.org", "weekly", [world.headlines.pk])
    assert client.get(address).status_code == 404
    leaving = test_mail_news.WHERE.leave(row).partition("example.gov.cn")[2]
    client.get(leaving)
    assert DigestSubscription.objects.count() == 1
    done = Client(enforce_csrf_checks=True).post(leaving, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert DigestSubscription.objects.count() == 0
    assert "已退订" in client.get(leaving).content.decode()


def test_the_form_carries_its_token_also_for_strangers(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/subscribe/").content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    values = {"email": "a@example.org", "columns": [world.headlines.pk], "csrfmiddlewaretoken": token}
    assert browser.post("/subscribe/", values).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "said"), [({"email": "no address"}, "请填写邮箱地址"), ({"columns": []}, "请至少选择一个栏目")]
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    world: World, client: Client, wrong: dict[str, object], said: str
) -> None:
    answer = send_form(client, world, **wrong)
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert said in page
    assert Message.objects.count() == 0


def test_the_answer_does_not_tell_whether_an_address_is_known(world: World, client: Client) -> None:
    test_mail_news.confirmed(world, email="reader@example.org")
    known, new = send_form(client, world), send_form(client, world, email="new@example.org")
    assert known["Location"] == new["Location"]  # type: ignore[index]


def test_a_city_s_site_offers_its_own_columns_only(world: World, client: Client) -> None:
    page = client.get("/sites/wuhan/subscribe/").content.decode()
    assert f'value="{world.city_news.pk}"' in page
    assert f'value="{world.headlines.pk}"' not in page
    answer = client.post("/sites/wuhan/subscribe/", {"email": "a@example.org", "columns": [world.headlines.pk]})
    assert answer.status_code == 422
